//! The element types of GGML by their number.

/// The types in use, by number, then those that were withdrawn.
#[rustfmt::skip]
const LIVE: &[(u32, &str)] = &[
    (0, "F32"), (1, "F16"), (2, "Q4_0"), (3, "Q4_1"), (6, "Q5_0"), (7, "Q5_1"), (8, "Q8_0"),
    (9, "Q8_1"), (10, "Q2_K"), (11, "Q3_K"), (12, "Q4_K"), (13, "Q5_K"), (14, "Q6_K"),
    (15, "Q8_K"), (16, "IQ2_XXS"), (17, "IQ2_XS"), (18, "IQ3_XXS"), (19, "IQ1_S"), (20, "IQ4_NL"),
    (21, "IQ3_S"), (22, "IQ2_S"), (23, "IQ4_XS"), (24, "I8"), (25, "I16"), (26, "I32"),
    (27, "I64"), (28, "F64"), (29, "IQ1_M"), (30, "BF16"), (34, "TQ1_0"), (35, "TQ2_0"),
    (39, "MXFP4"), (40, "NVFP4"), (41, "Q1_0"), (42, "Q2_0"),
];
#[rustfmt::skip]
const WITHDRAWN: &[(u32, &str)] = &[
    (4, "Q4_2"), (5, "Q4_3"), (31, "Q4_0_4_4"), (32, "Q4_0_4_8"), (33, "Q4_0_8_8"),
    (36, "IQ4_NL_4_4"), (37, "IQ4_NL_4_8"), (38, "IQ4_NL_8_8"),
];

/// An element type by its number.
#[derive(Debug)]
pub(in crate::read) enum Kind {
    /// In use.
    Live(&'static str),
    /// Once was in use; today's runtimes refuse it.
    Withdrawn(&'static str),
    /// No table has it.
    Unknown(String),
}

impl Kind {
    pub(in crate::read) fn of(number: u32) -> Self {
        let find = |table: &[(u32, &'static str)]| {
            table.iter().find(|(id, _)| *id == number).map(|(_, name)| *name)
        };
        match (find(LIVE), find(WITHDRAWN)) {
            (Some(name), _) => Self::Live(name),
            (_, Some(name)) => Self::Withdrawn(name),
            _ => Self::Unknown(format!("type {number}")),
        }
    }

    pub(in crate::read) fn name(&self) -> &str {
        match self {
            Self::Live(name) | Self::Withdrawn(name) => name,
            Self::Unknown(name) => name,
        }
    }

    /// Why loaders will not take it, in a clause.
    pub(in crate::read) fn unusable(&self) -> Option<String> {
        match self {
            Self::Live(_) => None,
            Self::Withdrawn(name) => Some(format!("the element type {name} was withdrawn")),
            Self::Unknown(name) => Some(format!("element {name} is not known")),
        }
    }
}
