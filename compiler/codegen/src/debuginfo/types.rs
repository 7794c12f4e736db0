//! Types as debuggers see them: primitives, pointers, and everything else by name and size, with
//! the members of structs and tuples.

use crate::layout::{Shape, Types};
use gos_sema::program::FieldIdx;
use gos_sema::types::{FloatTy, Ty, TyKind};
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFile, DIFlags, DIFlagsConstants, DIType, DebugInfoBuilder,
};

const BOOLEAN: u32 = 0x02;
const FLOAT: u32 = 0x04;
const SIGNED: u32 = 0x05;
const UNSIGNED: u32 = 0x07;
const UTF: u32 = 0x10;
const ADDRESS: u32 = 0x01;

pub(super) fn describe<'c>(
    builder: &DebugInfoBuilder<'c>,
    unit: DICompileUnit<'c>,
    types: &Types<'_>,
    ty: Ty,
    file: DIFile<'c>,
) -> DIType<'c> {
    let layout = types.layout(ty);
    let name = ty.display(types.program).to_string();
    let bits = layout.size.saturating_mul(8);
    if let Some(encoding) = encoding(ty)
        && let Ok(basic) = builder.create_basic_type(&name, bits, encoding, DIFlags::ZERO)
    {
        return basic.as_type();
    }
    let scope = unit.as_debug_info_scope();
    let mut members = Vec::new();
    if let Shape::Fields(offsets) = &layout.shape {
        for (index, offset) in offsets.iter().enumerate() {
            let field = types.field(ty, None, FieldIdx::from(index));
            // Members of members are shown by their own words: types that contain themselves
            // through references would not end.
            let Some(encoding) = encoding(field) else {
                continue;
            };
            let size = types.layout(field).size * 8;
            let field_type = field.display(types.program).to_string();
            let Ok(basic) = builder.create_basic_type(&field_type, size, encoding, DIFlags::ZERO)
            else {
                continue;
            };
            let member = builder.create_member_type(
                scope,
                &field_name(types, ty, index),
                file,
                0,
                size,
                0,
                offset * 8,
                DIFlags::ZERO,
                basic.as_type(),
            );
            members.push(member.as_type());
        }
    }
    builder
        .create_struct_type(
            scope,
            &name,
            file,
            0,
            bits,
            layout.align as u32 * 8,
            DIFlags::ZERO,
            None,
            &members,
            0,
            None,
            "",
        )
        .as_type()
}

fn encoding(ty: Ty) -> Option<u32> {
    Some(match ty.kind() {
        TyKind::Bool => BOOLEAN,
        TyKind::Char => UTF,
        TyKind::Int(int) if int.is_signed() => SIGNED,
        TyKind::Int(_) => UNSIGNED,
        TyKind::Float(FloatTy::F32 | FloatTy::F64) => FLOAT,
        TyKind::Ref(..) | TyKind::Box(_, _) | TyKind::Vec(_) | TyKind::Ptr | TyKind::FnPtr(_) => {
            ADDRESS
        }
        _ => return None,
    })
}

fn field_name(types: &Types<'_>, ty: Ty, index: usize) -> String {
    if let TyKind::Adt(id, _) = ty.kind()
        && let Some(variant) = types.program.adts[*id].variants.first()
        && let Some(field) = variant.fields.get(index)
    {
        return field.name.as_str().to_string();
    }
    index.to_string()
}
