// LLVM's archives name the optimizer Polly as an extension of link-time optimization, but do not
// contain it. gos never optimizes in the linker, so an extension that adds nothing takes its place.
#include "llvm/Plugins/PassPlugin.h"

llvm::PassPluginLibraryInfo getPollyPluginInfo() {
    return {LLVM_PLUGIN_API_VERSION, "nothing", "", [](llvm::PassBuilder &) {}};
}
