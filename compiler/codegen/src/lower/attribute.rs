//! Attributes of functions, parameters and calls.

use super::unit::Unit;
use crate::Optimization;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::types::AnyTypeEnum;
use inkwell::values::{CallSiteValue, FunctionValue};

/// What attributes are added to.
#[derive(Clone, Copy)]
pub(super) enum Place<'c> {
    Definition(FunctionValue<'c>),
    Call(CallSiteValue<'c>),
}

impl<'c> Place<'c> {
    pub(super) fn add(self, at: AttributeLoc, attribute: Attribute) {
        match self {
            Place::Definition(function) => function.add_attribute(at, attribute),
            Place::Call(call) => call.add_attribute(at, attribute),
        }
    }
}

impl<'c> Unit<'c, '_> {
    /// An attribute by LLVM's name for it; value 0 for those without.
    pub(super) fn attribute(&self, name: &str, value: u64) -> Attribute {
        let kind = Attribute::get_named_enum_kind_id(name);
        debug_assert!(kind != 0, "LLVM has no attribute {name}");
        self.context.create_enum_attribute(kind, value)
    }

    pub(super) fn type_attribute(&self, name: &str, ty: AnyTypeEnum<'c>) -> Attribute {
        let kind = Attribute::get_named_enum_kind_id(name);
        self.context.create_type_attribute(kind, ty)
    }

    /// Adds an attribute of the function itself.
    pub(crate) fn add_attribute(&self, function: FunctionValue<'c>, name: &str, value: u64) {
        function.add_attribute(AttributeLoc::Function, self.attribute(name, value));
    }

    /// No tail calls: they would hide a frame from traces, and turn runaway recursion into a loop
    /// without end.
    pub(crate) fn forbid_tail_calls(&self, function: FunctionValue<'c>) {
        self.add_text(function, "disable-tail-calls", "true");
    }

    fn add_text(&self, function: FunctionValue<'c>, name: &str, value: &str) {
        let attribute = self.context.create_string_attribute(name, value);
        function.add_attribute(AttributeLoc::Function, attribute);
    }

    /// What every compiled function has: frames that a trace can walk, no tables for unwinding.
    pub(crate) fn add_function_attributes(&self, function: FunctionValue<'c>) {
        self.add_attribute(function, "nounwind", 0);
        self.add_text(function, "frame-pointer", "all");
        self.add_text(function, "target-cpu", &self.options.cpu);
        if self.options.optimization == Optimization::Size {
            self.add_attribute(function, "optsize", 0);
        }
        if !self.options.features.is_empty() {
            self.add_text(function, "target-features", &self.options.features);
        }
        if self.is_windows() {
            // The system writes below the stack pointer when a fault is reported; goroutines' stacks are
            // there from the start, and not where the system's probes of large frames look.
            self.add_attribute(function, "noredzone", 0);
            self.add_text(function, "no-stack-arg-probe", "");
        }
    }
}
