//! Types as debuggers see them, in the shapes that gdb and lldb know from Rust.
//!
//! ```text
//! String          alias of a struct `&str` {data_ptr, length}, which gdb shows as text
//! &[T]            a struct of that name {data_ptr, length}, which gdb shows as an array
//! [T]             a pointer to such a struct; variables are described as what it points to
//! &T, Box<T>      a pointer
//! enum            a variant part; without any fields an enumeration
//! tuple           a struct whose name begins with `(`, fields `__0`, `__1`
//! dyn Trait, Fn   a struct of two words
//! ```

use super::node::{Encoding, Member, Node, Nodes};
use crate::layout::{EnumLayout, Layout, Shape, Tag, Types, Word, array_length};
use gos_sema::program::{AdtId, FieldIdx, VariantIdx, VariantKind};
use gos_sema::types::{FloatTy, Ty, TyKind, TyList};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};

/// Types nested deeper than this are described by name and size alone: a generic type that refers
/// to ever larger instances of itself would not end.
const DEPTH_MAX: usize = 12;

const WORD_BITS: u64 = 64;
const TWO_WORDS_BITS: u64 = 2 * WORD_BITS;

/// Describes types, each once.
pub(super) struct Describer<'d, 'c> {
    pub(super) nodes: Nodes<'d, 'c>,
    pub(super) types: &'d Types<'d>,
    pub(super) known: &'d RefCell<FxHashMap<Ty, Node<'c>>>,
    /// How many struct types there are.
    pub(super) structures: &'d Cell<usize>,
}

/// A field of a struct, variant, tuple or closure.
struct FieldAt {
    name: String,
    ty: Ty,
    /// In bytes.
    offset: u64,
}

impl<'c> Describer<'_, 'c> {
    pub(super) fn of(&self, ty: Ty) -> Node<'c> {
        let ty = self.types.concrete(ty);
        if let Some(found) = self.known.borrow().get(&ty) {
            return *found;
        }
        let node = self.describe(ty);
        self.known.borrow_mut().insert(ty, node);
        node
    }

    /// The type that a variable of the type is said to have, and how many pointers lead from the
    /// variable's word to it.
    pub(super) fn of_variable(&self, ty: Ty) -> (Node<'c>, usize) {
        match self.types.concrete(ty).kind() {
            TyKind::Vec(element) => (self.elements(*element), 1),
            _ => (self.of(ty), 0),
        }
    }

    fn describe(&self, ty: Ty) -> Node<'c> {
        let layout = self.types.layout(ty);
        let name = ty.display(self.types.program).to_string();
        if let Some(encoding) = encoding(ty) {
            return self.nodes.primitive(&name, layout.size * 8, encoding);
        }
        if depth(ty) > DEPTH_MAX {
            return self.fresh(ty, &name, &layout);
        }
        match ty.kind() {
            TyKind::Ref(to, _) | TyKind::Box(to, _) => {
                let to = self.of(*to);
                self.nodes.pointer(&name, Some(to))
            }
            TyKind::Ptr => self.nodes.pointer(&name, None),
            TyKind::FnPtr(_) => self.nodes.code_pointer(&name),
            TyKind::String => self.text(),
            TyKind::Vec(element) => {
                let header = self.elements(*element);
                self.nodes.pointer(&name, Some(header))
            }
            TyKind::View(element, _) => self.elements(*element),
            TyKind::Array(element, length) => {
                let element = self.of(*element);
                let count = array_length(*length);
                self.nodes.array(element, count, layout.size * 8)
            }
            TyKind::Dyn { .. } => self.two_words(&name, &layout, ["value", "vtable"]),
            TyKind::FnObj(_) => self.two_words(&name, &layout, ["code", "environment"]),
            TyKind::Adt(id, args) if self.types.program.adts[*id].is_enum => {
                self.enum_type(ty, (*id, *args), &name, &layout)
            }
            _ => self.record(ty, &name, &layout),
        }
    }

    /// A struct of its own without members, known from now on: its members may refer to it.
    fn fresh(&self, ty: Ty, name: &str, layout: &Layout) -> Node<'c> {
        let (bits, align) = (layout.size * 8, layout.align * 8);
        let node = self.nodes.structure(name, bits, align, &self.fresh_id());
        self.known.borrow_mut().insert(ty, node);
        node
    }

    /// A name that no other type of the module has: without one, types that look the same before they
    /// have members would be one.
    fn fresh_id(&self) -> String {
        self.structures.set(self.structures.get() + 1);
        self.structures.get().to_string()
    }

    fn record(&self, ty: Ty, name: &str, layout: &Layout) -> Node<'c> {
        let node = self.fresh(ty, name, layout);
        if let Shape::Fields(offsets) = &layout.shape {
            let fields = offsets.iter().enumerate().map(|(index, &offset)| FieldAt {
                name: self.field_name(ty, index),
                ty: self.types.field(ty, None, FieldIdx::from(index)),
                offset,
            });
            self.set_fields(node, fields);
        }
        node
    }

    fn set_fields(&self, of: Node<'c>, fields: impl Iterator<Item = FieldAt>) {
        let members: Vec<_> = fields
            .map(|field| {
                let member = Member {
                    name: &field.name,
                    offset: field.offset * 8,
                    bits: self.types.layout(field.ty).size * 8,
                    ty: self.of(field.ty),
                    hidden: false,
                };
                self.nodes.member(of, &member)
            })
            .collect();
        self.nodes.set_members(of, &members);
    }

    fn field_name(&self, ty: Ty, index: usize) -> String {
        let program = self.types.program;
        match ty.kind() {
            TyKind::Adt(id, _) => self.variant_field_name(*id, 0, index),
            TyKind::Closure(id, _) => program.closures[*id]
                .captures
                .get(index)
                .map(|capture| program.closures[*id].body.locals[capture.inner].name)
                .map_or_else(|| position(index), |name| name.as_str().to_string()),
            _ => position(index),
        }
    }

    fn variant_field_name(&self, id: AdtId, variant: usize, index: usize) -> String {
        let variant = &self.types.program.adts[id].variants[variant];
        match (variant.kind, variant.fields.get(index)) {
            (VariantKind::Named, Some(field)) => field.name.as_str().to_string(),
            _ => position(index),
        }
    }

    /// gdb shows a struct of this name and these members as text.
    fn text(&self) -> Node<'c> {
        let byte = self.nodes.primitive("u8", 8, Encoding::Unsigned);
        let text = self.pointer_and_length("&str", byte);
        self.nodes.alias("String", text)
    }

    /// gdb shows a struct of such a name and these members as an array.
    fn elements(&self, element: Ty) -> Node<'c> {
        let name = format!("&[{}]", element.display(self.types.program));
        let element = self.of(element);
        self.pointer_and_length(&name, element)
    }

    fn pointer_and_length(&self, name: &str, element: Node<'c>) -> Node<'c> {
        let (bits, align) = (TWO_WORDS_BITS, WORD_BITS);
        let node = self.nodes.structure(name, bits, align, &self.fresh_id());
        let data = self.nodes.pointer("", Some(element));
        let length = self.nodes.primitive("usize", WORD_BITS, Encoding::Unsigned);
        self.set_words(node, [("data_ptr", data), ("length", length)]);
        node
    }

    fn two_words(&self, name: &str, layout: &Layout, names: [&str; 2]) -> Node<'c> {
        let (bits, align) = (layout.size * 8, layout.align * 8);
        let node = self.nodes.structure(name, bits, align, &self.fresh_id());
        let pointer = self.nodes.pointer("", None);
        self.set_words(node, names.map(|name| (name, pointer)));
        node
    }

    fn set_words(&self, of: Node<'c>, words: [(&str, Node<'c>); 2]) {
        let mut offset = 0;
        let members = words.map(|(name, ty)| {
            let member = Member {
                name,
                offset,
                bits: WORD_BITS,
                ty,
                hidden: false,
            };
            offset += WORD_BITS;
            self.nodes.member(of, &member)
        });
        self.nodes.set_members(of, &members);
    }

    fn enum_type(&self, ty: Ty, adt: (AdtId, TyList), name: &str, layout: &Layout) -> Node<'c> {
        let Shape::Enum(shape) = &layout.shape else {
            return self.record(ty, name, layout);
        };
        if let Some(names) = self.enumeration(adt.0, name, layout, shape) {
            return names;
        }
        let node = self.fresh(ty, name, layout);
        let bits = layout.size * 8;
        let tag = match &shape.tag {
            Tag::Single => None,
            Tag::Direct { at, .. } | Tag::Niche { at, .. } => Some(self.tag_member(node, *at)),
        };
        let variants: Vec<_> = (0..shape.variants.len())
            .map(|variant| {
                let fields = self.variant_fields(adt, variant, name, (layout, shape));
                let variant_name = self.types.program.adts[adt.0].variants[variant].name;
                let tag = tag_value(&shape.tag, variant);
                self.nodes
                    .variant(node, variant_name.as_str(), bits, tag, fields)
            })
            .collect();
        let part = self.nodes.variant_part(node, bits, tag, &variants);
        self.nodes.set_members(node, &[part]);
        node
    }

    fn tag_member(&self, of: Node<'c>, at: Word) -> Node<'c> {
        let bits = at.scalar.bytes() * 8;
        let member = Member {
            name: "",
            offset: at.offset * 8,
            bits,
            ty: self
                .nodes
                .primitive(&format!("u{bits}"), bits, Encoding::Unsigned),
            hidden: true,
        };
        self.nodes.member(of, &member)
    }

    fn variant_fields(
        &self,
        (id, args): (AdtId, TyList),
        variant: usize,
        name: &str,
        (layout, shape): (&Layout, &EnumLayout),
    ) -> Node<'c> {
        let variant_name = self.types.program.adts[id].variants[variant].name;
        let full = format!("{name}::{}", variant_name.as_str());
        let (bits, align) = (layout.size * 8, layout.align * 8);
        let node = self.nodes.structure(&full, bits, align, &self.fresh_id());
        let offsets = shape.variants[variant].iter().enumerate();
        let fields = offsets.map(|(index, &offset)| {
            let (variant_idx, field) = (VariantIdx::from(variant), FieldIdx::from(index));
            FieldAt {
                name: self.variant_field_name(id, variant, index),
                ty: self.types.adt_field(id, args, variant_idx, field),
                offset,
            }
        });
        self.set_fields(node, fields);
        node
    }

    /// An enum that is but names for the numbers of its tag.
    fn enumeration(
        &self,
        id: AdtId,
        name: &str,
        layout: &Layout,
        shape: &EnumLayout,
    ) -> Option<Node<'c>> {
        let Tag::Direct { at, values } = &shape.tag else {
            return None;
        };
        if shape.variants.iter().any(|fields| !fields.is_empty()) {
            return None;
        }
        let variants = &self.types.program.adts[id].variants;
        let names: Vec<_> = variants
            .iter()
            .zip(values)
            .map(|(variant, &value)| (format!("{name}::{}", variant.name.as_str()), value as i64))
            .collect();
        let bits = at.scalar.bytes() * 8;
        let number = self
            .nodes
            .primitive(&format!("u{bits}"), bits, Encoding::Unsigned);
        Some(
            self.nodes
                .enumeration(name, layout.size * 8, number, &names),
        )
    }
}

/// The width of a tag in bits and its value for a variant; none for the variant that all other
/// values mean.
fn tag_value(tag: &Tag, variant: usize) -> Option<(u64, u64)> {
    let (at, value) = match tag {
        Tag::Single => return None,
        Tag::Direct { at, values } => (at, values[variant]),
        Tag::Niche { dataful, .. } if variant == *dataful => return None,
        Tag::Niche { at, dataful, first } => {
            let nth = variant - usize::from(variant > *dataful);
            (at, first + nth as u128)
        }
    };
    Some((at.scalar.bytes() * 8, value as u64))
}

/// Fields without names, as Rust's debuggers expect them.
fn position(index: usize) -> String {
    format!("__{index}")
}

fn encoding(ty: Ty) -> Option<Encoding> {
    Some(match ty.kind() {
        TyKind::Bool => Encoding::Boolean,
        TyKind::Char => Encoding::Character,
        TyKind::Int(int) if int.is_signed() => Encoding::Signed,
        TyKind::Int(_) => Encoding::Unsigned,
        TyKind::Float(FloatTy::F32 | FloatTy::F64) => Encoding::Float,
        _ => return None,
    })
}

/// How deeply types are nested in a type.
fn depth(ty: Ty) -> usize {
    let deepest = |list: TyList| list.iter().map(|ty| depth(*ty)).max().unwrap_or(0);
    match ty.kind() {
        TyKind::Tuple(items) => 1 + deepest(*items),
        TyKind::Adt(_, args) | TyKind::Closure(_, args) | TyKind::Opaque(_, args) => {
            1 + deepest(*args)
        }
        TyKind::Array(inner, _)
        | TyKind::Vec(inner)
        | TyKind::View(inner, _)
        | TyKind::Ref(inner, _)
        | TyKind::Box(inner, _) => 1 + depth(*inner),
        _ => 0,
    }
}
