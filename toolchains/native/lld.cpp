// The one door to LLD: runs a linker invocation inside this process and hands its output back.
#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"
#include <cstddef>
#include <string>

LLD_HAS_DRIVER(elf)
LLD_HAS_DRIVER(macho)
LLD_HAS_DRIVER(coff)

#ifdef GOS_STATIC_LLVM
extern "C" void gos_llvm_start();
#else
// The shared library runs its constructors when it is loaded, and LLD's run with those of gos.
static void gos_llvm_start() {}
#endif

extern "C" int gos_lld_link(const char *const *arguments, std::size_t count, bool *can_run_again,
                            void *sink, void (*write)(void *sink, const char *text, std::size_t length)) {
    gos_llvm_start();
    std::string text;
    llvm::raw_string_ostream stream(text);
    const lld::DriverDef drivers[] = {{lld::Gnu, &lld::elf::link},
                                      {lld::Darwin, &lld::macho::link},
                                      {lld::WinLink, &lld::coff::link}};
    lld::Result result = lld::lldMain({arguments, count}, stream, stream, drivers);
    stream.flush();
    write(sink, text.data(), text.size());
    *can_run_again = result.canRunAgain;
    return result.retCode;
}
