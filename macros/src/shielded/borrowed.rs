//! Which types borrow, as far as their lifetimes are written. An attribute sees no types: that `Guard` in `fn f(guard:
//! Guard)` has a lifetime parameter is not seen here, and is left to rustc.

use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, BoundLifetimes, GenericArgument, GenericParam, Lifetime, Path,
    PathArguments, ReturnType, Type, TypeParamBound,
};

/// Whether a value of this type may borrow from what does not live forever. `known` is a lifetime that counts like
/// `'static`.
pub(super) fn borrows(ty: &Type, known: &str) -> bool {
    let free = vec!["static".into(), known.into()];
    Scope {
        free,
        behind_arrow: false,
    }
    .ty(ty)
}

/// The lifetimes that may stand at a place in a type without making it borrow.
#[derive(Clone)]
struct Scope {
    /// The names of lifetimes: `'static`, and those that a `for<'a>` around the place brings along.
    free: Vec<String>,
    /// Whether the place is in what a function type returns. A lifetime that is elided there comes from the function's
    /// arguments, so the function itself does not borrow.
    behind_arrow: bool,
}

impl Scope {
    fn ty(&self, ty: &Type) -> bool {
        match ty {
            Type::Reference(ty) => {
                let own = match &ty.lifetime {
                    Some(lifetime) => self.lifetime(lifetime),
                    None => !self.behind_arrow,
                };
                own || self.ty(&ty.elem)
            }
            Type::Array(ty) => self.ty(&ty.elem),
            Type::Slice(ty) => self.ty(&ty.elem),
            Type::Ptr(ty) => self.ty(&ty.elem),
            Type::Group(ty) => self.ty(&ty.elem),
            Type::Paren(ty) => self.ty(&ty.elem),
            Type::Tuple(ty) => ty.elems.iter().any(|ty| self.ty(ty)),
            // The arguments of a function type are no part of its value.
            Type::FnPtr(ty) => self.with(ty.lifetimes.as_ref()).returned(&ty.output),
            Type::Path(ty) => {
                let own = ty.qself.as_ref().is_some_and(|qself| self.ty(&qself.ty));
                own || self.path(&ty.path)
            }
            Type::TraitObject(ty) => self.bounds(&ty.bounds),
            Type::ImplTrait(ty) => self.bounds(&ty.bounds),
            _ => false,
        }
    }

    fn lifetime(&self, lifetime: &Lifetime) -> bool {
        let name = lifetime.ident.to_string();
        let is_elided = name == "_" && self.behind_arrow;
        !is_elided && !self.free.contains(&name)
    }

    fn path(&self, path: &Path) -> bool {
        path.segments
            .iter()
            .any(|segment| match &segment.arguments {
                PathArguments::None => false,
                PathArguments::AngleBracketed(arguments) => self.arguments(arguments),
                PathArguments::Parenthesized(function) => self.returned(&function.output),
            })
    }

    fn arguments(&self, arguments: &AngleBracketedGenericArguments) -> bool {
        arguments.args.iter().any(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => self.lifetime(lifetime),
            GenericArgument::Type(ty) => self.ty(ty),
            GenericArgument::AssocType(assigned) => self.ty(&assigned.ty),
            GenericArgument::Constraint(constraint) => self.bounds(&constraint.bounds),
            _ => false,
        })
    }

    fn bounds<P>(&self, bounds: &Punctuated<TypeParamBound, P>) -> bool {
        bounds.iter().any(|bound| match bound {
            TypeParamBound::Lifetime(lifetime) => self.lifetime(lifetime),
            TypeParamBound::Trait(bound) => self.with(bound.lifetimes.as_ref()).path(&bound.path),
            _ => false,
        })
    }

    fn returned(&self, output: &ReturnType) -> bool {
        let scope = Self {
            behind_arrow: true,
            ..self.clone()
        };
        match output {
            ReturnType::Type(_, ty) => scope.ty(ty),
            ReturnType::Default => false,
        }
    }

    fn with(&self, bound: Option<&BoundLifetimes>) -> Self {
        let mut scope = self.clone();
        let bound = bound.into_iter().flat_map(|bound| &bound.lifetimes);
        scope
            .free
            .extend(bound.filter_map(|parameter| match parameter {
                GenericParam::Lifetime(parameter) => Some(parameter.lifetime.ident.to_string()),
                _ => None,
            }));
        scope
    }
}
