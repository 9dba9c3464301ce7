//! One word for what a license is like, and how those words compare.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a license is like, for a summary line. The facts themselves are in the terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// Free for models, data and code alike.
    Open,
    /// Free but for a notice.
    Permissive,
    /// No condition at all.
    PublicDomain,
    /// Free, written for data.
    OpenData,
    /// Derived data stay under the same license.
    OpenDataShareAlike,
    /// Changed files stay under the same license.
    WeakCopyleft,
    /// The whole of a derived work stays under the same license.
    Copyleft,
    /// As `Copyleft`, and use over a network counts.
    NetworkCopyleft,
    /// Copyleft with a rider.
    CopyleftPlus,
    /// Free but for words or a name to show.
    AttributionPlus,
    /// A user cap, or bars on training with outputs.
    Community,
    /// An annex or a policy of barred uses.
    UseRestricted,
    /// Free below a revenue.
    RevenueCap,
    /// Free after a form.
    Registration,
    /// By permission, against payment.
    Royalty,
    /// One field or product only.
    FieldOfUse,
    /// The source can be read; what may be done with it is limited.
    SourceAvailable,
    /// Limited in some other way.
    Restricted,
    /// MIT with a ban.
    RestrictedMit,
    /// Computation on data only.
    DataComputationalUse,
    /// No changed versions.
    NoDerivatives,
    /// Not for commerce.
    NonCommercial,
    /// Not for commerce, research only.
    NonCommercialResearch,
    /// A tag without a version.
    FamilyTag,
    /// An acceptable use policy.
    Policy,
    /// Nothing is known of it.
    Unknown,
}

/// How much a class leaves to the user, least first. Coarse on purpose: it only serves to say that
/// one statement about a release is freer than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freedom {
    /// Research, not for commerce.
    Research,
    /// Not for commerce.
    NonCommercial,
    /// Commerce within limits: caps, policies, permissions, no derivatives.
    Limited,
    /// Free for every use, derivatives under the same terms.
    ShareAlike,
    /// Free for every use.
    Free,
}

impl Class {
    /// How much it leaves to the user; `None` where the class says nothing about that.
    ///
    /// ```
    /// use weighbill::licenses::Class;
    ///
    /// assert!(Class::Permissive.freedom() > Class::Community.freedom());
    /// assert_eq!(Class::FamilyTag.freedom(), None);
    /// ```
    pub fn freedom(self) -> Option<Freedom> {
        match self {
            Self::Open | Self::Permissive | Self::PublicDomain | Self::OpenData => {
                Some(Freedom::Free)
            }
            Self::OpenDataShareAlike
            | Self::WeakCopyleft
            | Self::Copyleft
            | Self::NetworkCopyleft => Some(Freedom::ShareAlike),
            Self::CopyleftPlus
            | Self::AttributionPlus
            | Self::Community
            | Self::UseRestricted
            | Self::RevenueCap
            | Self::Registration
            | Self::Royalty
            | Self::FieldOfUse
            | Self::SourceAvailable
            | Self::Restricted
            | Self::RestrictedMit
            | Self::DataComputationalUse
            | Self::NoDerivatives => Some(Freedom::Limited),
            Self::NonCommercial => Some(Freedom::NonCommercial),
            Self::NonCommercialResearch => Some(Freedom::Research),
            Self::FamilyTag | Self::Policy | Self::Unknown => None,
        }
    }
}

impl fmt::Display for Class {
    /// The catalog's own spelling, e.g. `non-commercial-research`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
