//! The small language of the table of architectures: `n*d`, `(H+15)/16`, `tie_word_embeddings|0`.
//!
//! Numbers are whole and not negative; a condition is a number, and 0 is no. From loosest to
//! tightest: `a|b` (b where the config says nothing of a), `a&b`, `a=b`, `a<b`, `a+b`, `a-b`, `a*b`,
//! `a/b` (rounded down), `a%b`, `!a`. `N@key` asks whether the list at a key holds N, `key~word`
//! whether its text holds a word.

use std::borrow::Cow;

/// An expression of the table, whose texts live as long as the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Number(u64),
    Name(&'static str),
    Not(Box<Expression>),
    Two(Operator, Box<(Expression, Expression)>),
    Holds(Box<Expression>, &'static str),
    Says(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Else,
    And,
    Equal,
    Less,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Operators by how tightly they bind, loosest first.
const BINDING: &[&[(u8, Operator)]] = &[
    &[(b'|', Operator::Else)],
    &[(b'&', Operator::And)],
    &[(b'=', Operator::Equal), (b'<', Operator::Less)],
    &[(b'+', Operator::Add), (b'-', Operator::Subtract)],
    &[
        (b'*', Operator::Multiply),
        (b'/', Operator::Divide),
        (b'%', Operator::Remainder),
    ],
];

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// The config does not state this.
    Key(&'static str),
    /// A number that does not fit, or a division by nothing.
    Absurd,
}

/// What names mean.
pub(super) trait Scope {
    /// What a name stands for: a number, or an expression that depends on loops.
    fn meaning(&self, name: &'static str) -> Result<Expression, Lack>;
    /// Whether the list at a key holds a number.
    fn holds(&self, key: &str, number: u64) -> bool;
    /// The text at a key.
    fn text(&self, key: &str) -> Option<Cow<'_, str>>;
}

impl Expression {
    /// Reads an expression; `None` where it is not one, which only a row of the table can cause.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let expression = reader.level(0)?;
        (reader.at == text.len()).then_some(expression)
    }

    /// Its value as far as it is fixed: a number, or what is left that depends on loops.
    pub(super) fn fold(&self, scope: &dyn Scope) -> Result<Self, Lack> {
        match self {
            Self::Number(number) => Ok(Self::Number(*number)),
            Self::Name(name) => scope.meaning(name),
            Self::Not(inner) => Ok(match inner.fold(scope)? {
                Self::Number(number) => Self::Number(u64::from(number == 0)),
                open => Self::Not(Box::new(open)),
            }),
            Self::Holds(number, key) => Ok(match number.fold(scope)? {
                Self::Number(number) => Self::Number(u64::from(scope.holds(key, number))),
                open => Self::Holds(Box::new(open), key),
            }),
            Self::Says(key, word) => {
                let says = scope.text(key).is_some_and(|text| text.contains(word));
                Ok(Self::Number(u64::from(says)))
            }
            Self::Two(Operator::Else, sides) => match sides.0.fold(scope) {
                Err(Lack::Key(_)) => sides.1.fold(scope),
                known => known,
            },
            Self::Two(operator, sides) => Ok(match (sides.0.fold(scope)?, sides.1.fold(scope)?) {
                (Self::Number(left), Self::Number(right)) => {
                    Self::Number(apply(*operator, left, right).ok_or(Lack::Absurd)?)
                }
                sides => Self::Two(*operator, Box::new(sides)),
            }),
        }
    }

    /// Its value.
    pub(super) fn value(&self, scope: &dyn Scope) -> Result<u64, Lack> {
        match self.fold(scope)? {
            Self::Number(number) => Ok(number),
            _ => Err(Lack::Absurd),
        }
    }
}

fn apply(operator: Operator, left: u64, right: u64) -> Option<u64> {
    match operator {
        Operator::Else => Some(left),
        Operator::And => Some(u64::from(left != 0 && right != 0)),
        Operator::Equal => Some(u64::from(left == right)),
        Operator::Less => Some(u64::from(left < right)),
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => left.checked_div(right),
        Operator::Remainder => left.checked_rem(right),
    }
}

struct Reader {
    text: &'static str,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn level(&mut self, level: usize) -> Option<Expression> {
        let Some(operators) = BINDING.get(level) else {
            return self.single();
        };
        let mut left = self.level(level + 1)?;
        while let Some((_, operator)) =
            operators.iter().find(|(byte, _)| self.peek() == Some(*byte))
        {
            self.at += 1;
            let right = self.level(level + 1)?;
            left = Expression::Two(*operator, Box::new((left, right)));
        }
        Some(left)
    }

    fn single(&mut self) -> Option<Expression> {
        if self.takes(b'!') {
            return Some(Expression::Not(Box::new(self.single()?)));
        }
        if self.takes(b'(') {
            let inner = self.level(0)?;
            return self.takes(b')').then_some(inner);
        }
        let word = self.word()?;
        let value = match word.parse() {
            Ok(number) => Expression::Number(number),
            Err(_) => Expression::Name(word),
        };
        if self.takes(b'@') {
            return Some(Expression::Holds(Box::new(value), self.word()?));
        }
        if self.takes(b'~') {
            return Some(Expression::Says(word, self.word()?));
        }
        Some(value)
    }

    fn word(&mut self) -> Option<&'static str> {
        let rest = &self.text[self.at..];
        let ends = |it: char| !(it.is_ascii_alphanumeric() || matches!(it, '_' | '.'));
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += word.len();
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Numbers;

    impl Scope for Numbers {
        fn meaning(&self, name: &'static str) -> Result<Expression, Lack> {
            match name {
                "H" => Ok(Expression::Number(32)),
                "N" => Ok(Expression::Name("N")),
                _ => Err(Lack::Key(name)),
            }
        }
        fn holds(&self, key: &str, number: u64) -> bool {
            key == "list" && number == 3
        }
        fn text(&self, _: &str) -> Option<Cow<'_, str>> {
            Some("gated-gelu".into())
        }
    }

    #[test]
    fn expressions_have_values() {
        check("H*2+1", Ok(65));
        check("1+H*2", Ok(65));
        check("(H+15)/16", Ok(2));
        check("H-2-2", Ok(28));
        check("!H", Ok(0));
        check("none|4*H", Ok(128));
        check("H|none", Ok(32));
        check("none", Err("none"));
        check("H-33", Err("absurd"));
        check("H/0", Err("absurd"));
        check("3@list&1", Ok(1));
        check("4@list", Ok(0));
        check("feed~gated", Ok(1));
        check("H<33&H=32", Ok(1));
        check("18446744073709551615+1", Err("absurd"));
    }

    #[test]
    fn what_depends_on_a_loop_stays_open() {
        let open = Expression::parse("N+H*2").and_then(|it| it.fold(&Numbers).ok());
        assert_eq!(open, Expression::parse("N+64"));
    }

    #[test]
    fn what_is_no_expression_is_not_read() {
        for text in ["", "+", "(H", "H)", "H+", "a b", "H@"] {
            assert_eq!(Expression::parse(text), None, "{text}");
        }
    }

    #[track_caller]
    fn check(text: &'static str, value: Result<u64, &'static str>) {
        let expression = Expression::parse(text).expect("an expression");
        let found = expression.value(&Numbers).map_err(|lack| match lack {
            Lack::Key(key) => key,
            Lack::Absurd => "absurd",
        });
        assert_eq!(found, value);
    }
}
