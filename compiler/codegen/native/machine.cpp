// What LLVM's C interface to target machines leaves out.
#include "llvm-c/TargetMachine.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

// Without tables for unwinding a frame begins where the caller's frame pointer is saved. With Windows'
// tables it would begin up to 128 bytes above the stack pointer, where no walk by frame pointers finds
// its way. Compiled code never unwinds. Only the machine's maker may change what it says of assembly,
// which LLVM lets nobody but command lines say before.
extern "C" void gos_machine_without_unwinding(LLVMTargetMachineRef reference) {
    auto *machine = reinterpret_cast<TargetMachine *>(reference);
    machine->Options.ExceptionModel = ExceptionHandling::None;
    const_cast<MCAsmInfo *>(machine->getMCAsmInfo())->setExceptionsType(ExceptionHandling::None);
}
