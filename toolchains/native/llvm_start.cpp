// LLVM's constructors, run when LLVM is first used. They fill tables of options and of library
// functions, which takes longer than everything else that `gos --version` does; late_llvm.ld keeps
// them out of what runs before `main`.
#include <mutex>

extern "C" {
using Constructor = void (*)(int, char **, char **);
extern const Constructor gos_llvm_constructors_start[];
extern const Constructor gos_llvm_constructors_end[];

void gos_llvm_start() {
    static std::once_flag once;
    std::call_once(once, [] {
        static char name[] = "gos";
        char *arguments[] = {name, nullptr};
        char *environment[] = {nullptr};
        for (const Constructor *next = gos_llvm_constructors_start;
             next != gos_llvm_constructors_end; ++next) {
            (*next)(1, arguments, environment);
        }
    });
}
}
