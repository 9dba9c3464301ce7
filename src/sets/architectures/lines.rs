//! Reads a row's lines, and writes out the names and shapes that they imply.

use std::fmt::Write as _;

use super::{
    Architecture,
    expression::{Expression, Lack, Scope},
};

/// One line of a row, its choices written out: a family of tensors.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Literal, loop, literal, loop, literal.
    literals: Vec<String>,
    /// The variable of each loop and what it ends before.
    loops: Vec<(&'static str, Expression)>,
    extents: Vec<Expression>,
    need: Need,
    /// Whether it belongs to heads and not to the base.
    pub of_head: bool,
    /// Whether the class that the config names has this head; always for the base.
    pub of_class: bool,
}

/// Whether a tensor must be there.
#[derive(Clone, Debug)]
enum Need {
    Always,
    /// Only where it holds.
    Where(Expression),
    /// Optional where it does not hold.
    AtLeastWhere(Expression),
    Optional,
}

/// A tensor that a config implies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// As a release of the whole class spells it.
    pub name: String,
    /// Outermost first.
    pub shape: Vec<u64>,
    /// Whether it may be left out: a tied head, a buffer, a head of no named class.
    pub optional: bool,
    /// Whether it belongs to a head and not to the base.
    pub of_head: bool,
}

/// More tensors than any model of today has.
pub(super) const MOST: u64 = 250_000;

/// Why a row cannot be written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Lack(Lack),
    /// So many tensors, at least.
    TooMany(u64),
}

impl From<Lack> for Refusal {
    fn from(lack: Lack) -> Self {
        Self::Lack(lack)
    }
}

/// The heads that a row knows.
pub(super) fn heads(row: &Architecture) -> Vec<&'static str> {
    let lines = row.tensors.iter().flat_map(|block| block.lines());
    lines
        .filter_map(|line| line.trim().strip_prefix('#'))
        .flat_map(str::split_whitespace)
        .collect()
}

/// The head of a class: the longest that its name ends with.
pub(super) fn head_of(row: &Architecture, class: &str) -> Option<&'static str> {
    heads(row).into_iter().filter(|head| class.ends_with(head)).max_by_key(|head| head.len())
}

/// A row's lines, those of other heads than `head` left out; all heads where it is `None`. A line
/// that cannot be read is left out, which only a mistake in the table can cause, and a test walks
/// the table.
pub(super) fn lines(row: &Architecture, head: Option<&str>) -> Vec<Line> {
    let mut lines = Vec::new();
    for block in row.tensors {
        let (mut prefix, mut of): (&str, Option<Vec<&str>>) = ("", None);
        for text in block.lines().map(str::trim).filter(|text| !text.is_empty()) {
            if let Some(heads) = text.strip_prefix('#') {
                let heads: Vec<&str> = heads.split_whitespace().collect();
                of = Some(heads).filter(|heads| !heads.is_empty());
                continue;
            }
            if let Some(begin) = text.strip_prefix('@') {
                prefix = begin;
                continue;
            }
            let of_class = match (&of, head) {
                (Some(heads), Some(head)) => heads.contains(&head),
                (Some(_), None) => false,
                (None, _) => true,
            };
            if of_class || head.is_none() {
                let (of_head, read) = (of.is_some(), self::line(prefix, text));
                lines.extend(read.into_iter().flatten().map(|it| Line { of_head, of_class, ..it }));
            }
        }
    }
    lines
}

/// Reads `name: extents ? condition`, once for each of its choices.
pub(super) fn line(prefix: &'static str, text: &'static str) -> Option<Vec<Line>> {
    let (name, rest) = text.split_once(": ")?;
    let (extents, need) = if let Some((extents, condition)) = rest.split_once(" ?~ ") {
        (extents, Need::AtLeastWhere(Expression::parse(condition)?))
    } else if let Some((extents, condition)) = rest.split_once(" ? ") {
        (extents, Need::Where(Expression::parse(condition)?))
    } else if let Some(extents) = rest.strip_suffix(" ~") {
        (extents, Need::Optional)
    } else {
        (rest, Need::Always)
    };
    let extents = match extents {
        "." => Vec::new(),
        some => some.split(' ').map(Expression::parse).collect::<Option<_>>()?,
    };
    let begin = Line {
        literals: vec![String::new()],
        loops: Vec::new(),
        extents,
        need,
        of_head: false,
        of_class: true,
    };
    let mut lines = vec![begin];
    for part in [prefix, name] {
        lines = extend(lines, part)?;
    }
    Some(lines)
}

/// Adds the literals, loops and choices of a name to every line.
fn extend(mut lines: Vec<Line>, name: &'static str) -> Option<Vec<Line>> {
    let mut rest = name;
    while let Some((literal, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}')?;
        add(&mut lines, literal);
        if let Some((variable, end)) = inside.split_once('<') {
            for line in &mut lines {
                line.loops.push((variable, Expression::parse(end)?));
                line.literals.push(String::new());
            }
        } else {
            let with = |choice: &str| {
                let mut lines = lines.clone();
                add(&mut lines, choice);
                lines
            };
            lines = inside.split(',').flat_map(with).collect();
        }
        rest = after;
    }
    add(&mut lines, rest);
    Some(lines)
}

fn add(lines: &mut [Line], literal: &str) {
    for line in lines {
        if let Some(last) = line.literals.last_mut() {
            last.push_str(literal);
        }
    }
}

impl Line {
    /// The name with a star for each loop, as names without their numbers are told.
    pub(super) fn template(&self) -> String {
        self.literals.join("*")
    }

    /// Whether its tensors are there where a config says nothing of what their condition asks.
    pub(super) fn is_usual(&self, scope: &dyn Scope) -> bool {
        match &self.need {
            Need::Always => true,
            Need::Where(condition) => {
                let at = Loops {
                    scope,
                    line: self,
                    values: vec![1; self.loops.len()],
                };
                matches!(condition.fold(scope).and_then(|it| it.value(&at)), Ok(1..))
            }
            Need::AtLeastWhere(_) | Need::Optional => false,
        }
    }

    /// How many tensors its loops make, whatever its condition.
    fn count(&self, scope: &dyn Scope) -> Result<u64, Lack> {
        self.loops.iter().try_fold(1_u64, |n, (_, end)| {
            let end = match end.value(scope) {
                // No experts where the config speaks of none; the condition says so too.
                Err(Lack::Key(_)) if matches!(self.need, Need::Where(_)) => 0,
                end => end?,
            };
            Ok(n.saturating_mul(end))
        })
    }

    /// Writes out every tensor of the line.
    fn write(&self, scope: &dyn Scope, out: &mut Vec<Expected>) -> Result<(), Lack> {
        let (condition, otherwise) = match &self.need {
            Need::Always => (Expression::Number(1), None),
            Need::Optional => (Expression::Number(0), Some(())),
            Need::Where(condition) => (condition.fold(scope)?, None),
            Need::AtLeastWhere(condition) => (condition.fold(scope)?, Some(())),
        };
        if condition == Expression::Number(0) && otherwise.is_none() || self.count(scope)? == 0 {
            return Ok(());
        }
        let ends =
            self.loops.iter().map(|(_, end)| end.value(scope)).collect::<Result<Vec<_>, _>>()?;
        let extents =
            self.extents.iter().map(|it| it.fold(scope)).collect::<Result<Vec<_>, _>>()?;
        let mut at = Loops {
            scope,
            line: self,
            values: vec![0; ends.len()],
        };
        loop {
            let needed = condition.value(&at)? != 0;
            if needed || otherwise.is_some() {
                let shape = extents.iter().map(|it| it.value(&at)).collect::<Result<_, _>>()?;
                let optional = !needed || !self.of_class;
                out.push(Expected {
                    name: at.name(),
                    shape,
                    optional,
                    of_head: self.of_head,
                });
            }
            if !at.step(&ends) {
                return Ok(());
            }
        }
    }
}

/// The loops of a line at some round.
struct Loops<'a> {
    scope: &'a dyn Scope,
    line: &'a Line,
    values: Vec<u64>,
}

impl Loops<'_> {
    fn name(&self) -> String {
        let mut name = self.line.literals[0].clone();
        for (value, literal) in self.values.iter().zip(&self.line.literals[1..]) {
            _ = write!(name, "{value}");
            name.push_str(literal);
        }
        name
    }

    /// Goes to the next round; `false` after the last.
    fn step(&mut self, ends: &[u64]) -> bool {
        for (value, end) in self.values.iter_mut().zip(ends).rev() {
            *value += 1;
            if *value < *end {
                return true;
            }
            *value = 0;
        }
        false
    }
}

impl Scope for Loops<'_> {
    fn meaning(&self, name: &'static str) -> Result<Expression, Lack> {
        let at = self.line.loops.iter().position(|(variable, _)| *variable == name);
        at.map_or_else(|| self.scope.meaning(name), |at| Ok(Expression::Number(self.values[at])))
    }

    fn holds(&self, key: &str, number: u64) -> bool {
        self.scope.holds(key, number)
    }

    fn text(&self, key: &str) -> Option<std::borrow::Cow<'_, str>> {
        self.scope.text(key)
    }
}

/// Every tensor that lines imply under a config, where they are no more than `most`.
pub(super) fn write_out(
    lines: &[Line],
    scope: &dyn Scope,
    most: u64,
) -> Result<Vec<Expected>, Refusal> {
    let mut total = 0_u64;
    for line in lines {
        total = total.saturating_add(line.count(scope)?);
    }
    if total > most {
        return Err(Refusal::TooMany(total));
    }
    let mut out = Vec::new();
    for line in lines {
        match line.write(scope, &mut out) {
            // What a head of another class would need is not lacking.
            Err(Lack::Key(_)) if !line.of_class => {}
            written => written?,
        }
    }
    Ok(out)
}
