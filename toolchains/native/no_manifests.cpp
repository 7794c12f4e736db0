// LLD can merge manifests into programs for Windows, by way of a library for XML. gos asks for none, so
// a merger that merges nothing takes its place.
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/WindowsManifest/WindowsManifestMerger.h"

namespace llvm {
namespace windows_manifest {
class WindowsManifestMerger::WindowsManifestMergerImpl {};
WindowsManifestMerger::WindowsManifestMerger() {}
WindowsManifestMerger::~WindowsManifestMerger() {}
Error WindowsManifestMerger::merge(MemoryBufferRef) { return Error::success(); }
std::unique_ptr<MemoryBuffer> WindowsManifestMerger::getMergedManifest() { return nullptr; }
bool isAvailable() { return false; }
} // namespace windows_manifest
} // namespace llvm
