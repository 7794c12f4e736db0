// What LLVM's C interface to debug information leaves out: enums whose variants have fields, and
// members that are given after their type.
#include "llvm-c/DebugInfo.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Metadata.h"

using namespace llvm;

template <typename T> static T *node(LLVMMetadataRef metadata) {
    return static_cast<T *>(reinterpret_cast<Metadata *>(metadata));
}

static LLVMMetadataRef handle(Metadata *metadata) {
    return reinterpret_cast<LLVMMetadataRef>(metadata);
}

static DINodeArray array_of(DIBuilder *builder, LLVMMetadataRef *nodes, size_t count) {
    return builder->getOrCreateArray({reinterpret_cast<Metadata **>(nodes), count});
}

// The part of an enum that holds one of `variants`, told apart by the member `tag`, which may be null.
extern "C" LLVMMetadataRef gos_debug_variant_part(LLVMDIBuilderRef builder, LLVMMetadataRef scope,
                                                  LLVMMetadataRef file, uint64_t bits, LLVMMetadataRef tag,
                                                  LLVMMetadataRef *variants, size_t count) {
    DIBuilder *b = unwrap(builder);
    return handle(b->createVariantPart(node<DIScope>(scope), "", node<DIFile>(file), 0, bits, 0,
                                       DINode::FlagZero, node<DIDerivedType>(tag),
                                       array_of(b, variants, count)));
}

// One variant: its fields as a struct type. `tag_value` is null for the one that all other tags mean.
extern "C" LLVMMetadataRef gos_debug_variant(LLVMDIBuilderRef builder, LLVMMetadataRef scope,
                                             LLVMMetadataRef file, const char *name, size_t name_length,
                                             uint64_t bits, LLVMValueRef tag_value, LLVMMetadataRef fields) {
    DIBuilder *b = unwrap(builder);
    auto *value = tag_value ? cast<Constant>(unwrap(tag_value)) : nullptr;
    return handle(b->createVariantMemberType(node<DIScope>(scope), {name, name_length}, node<DIFile>(file), 0,
                                             bits, 0, 0, value, DINode::FlagZero, node<DIType>(fields)));
}

// Gives a type its members. The type must be one of a kind, so that no other is mistaken for it meanwhile.
extern "C" void gos_debug_set_members(LLVMDIBuilderRef builder, LLVMMetadataRef type, LLVMMetadataRef *members,
                                      size_t count) {
    DIBuilder *b = unwrap(builder);
    auto *composite = node<DICompositeType>(type);
    b->replaceArrays(composite, array_of(b, members, count));
}
