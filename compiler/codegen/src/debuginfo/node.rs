//! The nodes that types are described with, as calls of LLVM's builder of debug information.
//!
//! inkwell wraps only some of them, and LLVM's C interface lacks what `native/debug_nodes.cpp` adds.
//! Must not know the language's types. Read next: `types.rs`.

use inkwell::context::Context;
use inkwell::debug_info::{DIFile, DebugInfoBuilder};
use inkwell::llvm_sys::debuginfo::{
    LLVMDIBuilderCreateArrayType, LLVMDIBuilderCreateBasicType, LLVMDIBuilderCreateEnumerationType,
    LLVMDIBuilderCreateEnumerator, LLVMDIBuilderCreateExpression, LLVMDIBuilderCreateMemberType,
    LLVMDIBuilderCreatePointerType, LLVMDIBuilderCreateStructType,
    LLVMDIBuilderCreateSubroutineType, LLVMDIBuilderCreateTypedef,
    LLVMDIBuilderGetOrCreateSubrange,
};
use inkwell::llvm_sys::prelude::{LLVMDIBuilderRef, LLVMMetadataRef, LLVMValueRef};
use inkwell::values::AsValueRef;
use std::marker::PhantomData;
use std::ptr;

unsafe extern "C" {
    fn gos_debug_variant_part(
        builder: LLVMDIBuilderRef,
        scope: LLVMMetadataRef,
        file: LLVMMetadataRef,
        bits: u64,
        tag: LLVMMetadataRef,
        variants: *mut LLVMMetadataRef,
        count: usize,
    ) -> LLVMMetadataRef;
    fn gos_debug_variant(
        builder: LLVMDIBuilderRef,
        scope: LLVMMetadataRef,
        file: LLVMMetadataRef,
        name: *const u8,
        name_length: usize,
        bits: u64,
        tag_value: LLVMValueRef,
        fields: LLVMMetadataRef,
    ) -> LLVMMetadataRef;
    fn gos_debug_set_members(
        builder: LLVMDIBuilderRef,
        ty: LLVMMetadataRef,
        members: *mut LLVMMetadataRef,
        count: usize,
    );
}

/// A node of the module's debug information.
#[derive(Clone, Copy)]
pub(super) struct Node<'c> {
    reference: LLVMMetadataRef,
    context: PhantomData<&'c Context>,
}

impl Node<'_> {
    pub(super) fn as_mut_ptr(self) -> LLVMMetadataRef {
        self.reference
    }
}

/// How the bits of a primitive are read (DWARF, `DW_ATE_*`).
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    Boolean = 0x02,
    Float = 0x04,
    Signed = 0x05,
    Unsigned = 0x07,
    Character = 0x10,
}

/// A step on the way to a variable.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// From an address to the one that is stored there.
    Dereference,
    /// So many bytes on.
    Add(u64),
}

/// A member of a struct: what it is called, its offset and size in bits, its type.
pub(super) struct Member<'n, 'c> {
    pub(super) name: &'n str,
    pub(super) offset: u64,
    pub(super) bits: u64,
    pub(super) ty: Node<'c>,
    /// Debuggers show it to nobody.
    pub(super) hidden: bool,
}

/// Makes nodes whose names belong to one file.
pub(super) struct Nodes<'b, 'c> {
    pub(super) builder: &'b DebugInfoBuilder<'c>,
    pub(super) file: DIFile<'c>,
    /// Where types are declared: the compile unit.
    pub(super) scope: LLVMMetadataRef,
    pub(super) context: &'c Context,
}

const POINTER_BITS: u64 = 64;
/// LLVM's flag of members that the compiler invented.
const ARTIFICIAL: i32 = 1 << 6;

// SAFETY (of every call below): the builder and all nodes are of this module and live as long as it;
// names and lists are read before the calls return, by the lengths given.
impl<'c> Nodes<'_, 'c> {
    fn raw(&self) -> LLVMDIBuilderRef {
        self.builder.as_mut_ptr()
    }

    fn node(reference: LLVMMetadataRef) -> Node<'c> {
        Node {
            reference,
            context: PhantomData,
        }
    }

    pub(super) fn primitive(&self, name: &str, bits: u64, encoding: Encoding) -> Node<'c> {
        // SAFETY: see above.
        Self::node(unsafe {
            LLVMDIBuilderCreateBasicType(
                self.raw(),
                name.as_ptr().cast(),
                name.len(),
                bits,
                encoding as u32,
                0,
            )
        })
    }

    /// A pointer; to nothing in particular without `to`.
    pub(super) fn pointer(&self, name: &str, to: Option<Node<'c>>) -> Node<'c> {
        let to = to.map_or(ptr::null_mut(), Node::as_mut_ptr);
        let (text, length) = (name.as_ptr().cast(), name.len());
        // SAFETY: see above; a null pointee is one that is not described.
        Self::node(unsafe {
            LLVMDIBuilderCreatePointerType(self.raw(), to, POINTER_BITS, 0, 0, text, length)
        })
    }

    /// A pointer to a function, of which no more is said.
    pub(super) fn code_pointer(&self, name: &str) -> Node<'c> {
        let file = self.file.as_mut_ptr();
        // SAFETY: see above; the list of parameters is empty.
        let function = Self::node(unsafe {
            LLVMDIBuilderCreateSubroutineType(self.raw(), file, ptr::null_mut(), 0, 0)
        });
        self.pointer(name, Some(function))
    }

    /// Another name for a type.
    pub(super) fn alias(&self, name: &str, of: Node<'c>) -> Node<'c> {
        // SAFETY: see above.
        Self::node(unsafe {
            LLVMDIBuilderCreateTypedef(
                self.raw(),
                of.reference,
                name.as_ptr().cast(),
                name.len(),
                self.file.as_mut_ptr(),
                0,
                self.scope,
                0,
            )
        })
    }

    /// A struct without members yet. `id` is a name that no other type of the module has.
    pub(super) fn structure(&self, name: &str, bits: u64, align: u64, id: &str) -> Node<'c> {
        // SAFETY: see above; there is no base type and no list of members.
        Self::node(unsafe {
            LLVMDIBuilderCreateStructType(
                self.raw(),
                self.scope,
                name.as_ptr().cast(),
                name.len(),
                self.file.as_mut_ptr(),
                0,
                bits,
                align as u32,
                0,
                ptr::null_mut(),
                ptr::null_mut(),
                0,
                0,
                ptr::null_mut(),
                id.as_ptr().cast(),
                id.len(),
            )
        })
    }

    pub(super) fn member(&self, of: Node<'c>, member: &Member<'_, 'c>) -> Node<'c> {
        // SAFETY: see above.
        Self::node(unsafe {
            LLVMDIBuilderCreateMemberType(
                self.raw(),
                of.reference,
                member.name.as_ptr().cast(),
                member.name.len(),
                self.file.as_mut_ptr(),
                0,
                member.bits,
                0,
                member.offset,
                if member.hidden { ARTIFICIAL } else { 0 },
                member.ty.reference,
            )
        })
    }

    pub(super) fn set_members(&self, of: Node<'c>, members: &[Node<'c>]) {
        let mut list: Vec<_> = members.iter().map(|member| member.reference).collect();
        // SAFETY: see above; `of` was made by `structure`, under a name of its own.
        unsafe {
            gos_debug_set_members(self.raw(), of.reference, list.as_mut_ptr(), list.len());
        }
    }

    /// The part of the enum `of` that holds one of `variants`.
    pub(super) fn variant_part(
        &self,
        of: Node<'c>,
        bits: u64,
        tag: Option<Node<'c>>,
        variants: &[Node<'c>],
    ) -> Node<'c> {
        let mut list: Vec<_> = variants.iter().map(|variant| variant.reference).collect();
        // SAFETY: see above; the tag is a member of `of`.
        Self::node(unsafe {
            gos_debug_variant_part(
                self.raw(),
                of.reference,
                self.file.as_mut_ptr(),
                bits,
                tag.map_or(ptr::null_mut(), Node::as_mut_ptr),
                list.as_mut_ptr(),
                list.len(),
            )
        })
    }

    /// A variant of the enum `of`, its fields described as a struct of `bits`. `tag` is its tag's
    /// width in bits and value; none for the variant that all other tags mean.
    pub(super) fn variant(
        &self,
        of: Node<'c>,
        name: &str,
        bits: u64,
        tag: Option<(u64, u64)>,
        fields: Node<'c>,
    ) -> Node<'c> {
        let value = tag.and_then(|(bits, value)| {
            let width = std::num::NonZeroU32::new(bits as u32)?;
            let ty = self.context.custom_width_int_type(width).ok()?;
            Some(ty.const_int(value, false).as_value_ref())
        });
        // SAFETY: see above; the value is a constant of the module's context.
        Self::node(unsafe {
            gos_debug_variant(
                self.raw(),
                of.reference,
                self.file.as_mut_ptr(),
                name.as_ptr(),
                name.len(),
                bits,
                value.unwrap_or(ptr::null_mut()),
                fields.reference,
            )
        })
    }

    /// An enum whose variants are names for numbers.
    pub(super) fn enumeration(
        &self,
        name: &str,
        bits: u64,
        number: Node<'c>,
        values: &[(String, i64)],
    ) -> Node<'c> {
        let mut list: Vec<_> = values
            .iter()
            .map(|(name, value)| {
                // SAFETY: see above.
                unsafe {
                    let text = name.as_ptr().cast();
                    LLVMDIBuilderCreateEnumerator(self.raw(), text, name.len(), *value, 0)
                }
            })
            .collect();
        // SAFETY: see above.
        Self::node(unsafe {
            LLVMDIBuilderCreateEnumerationType(
                self.raw(),
                self.scope,
                name.as_ptr().cast(),
                name.len(),
                self.file.as_mut_ptr(),
                0,
                bits,
                0,
                list.as_mut_ptr(),
                list.len() as u32,
                number.reference,
            )
        })
    }

    /// So many elements one after the other.
    pub(super) fn array(&self, element: Node<'c>, count: u64, bits: u64) -> Node<'c> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        // SAFETY: see above; the list has one entry.
        Self::node(unsafe {
            let mut range = LLVMDIBuilderGetOrCreateSubrange(self.raw(), 0, count);
            LLVMDIBuilderCreateArrayType(self.raw(), bits, 0, element.reference, &mut range, 1)
        })
    }
}

/// The address of a variable: where the path leads from the address of its slot.
pub(super) fn address<'c>(builder: &DebugInfoBuilder<'c>, path: &[Step]) -> Node<'c> {
    const DEREF: u64 = 0x06;
    const PLUS_UCONST: u64 = 0x23;
    let mut words = Vec::new();
    for step in path {
        match *step {
            Step::Dereference => words.push(DEREF),
            Step::Add(bytes) => words.extend([PLUS_UCONST, bytes]),
        }
    }
    // SAFETY: the builder is live, and LLVM copies the words.
    Nodes::node(unsafe {
        LLVMDIBuilderCreateExpression(builder.as_mut_ptr(), words.as_mut_ptr(), words.len())
    })
}
