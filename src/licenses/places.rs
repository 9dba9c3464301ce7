//! Places that licenses leave out, and the many ways in which people name them.

/// Member states of the European Union: their ISO codes, and their names.
#[rustfmt::skip]
const EU: [(&str, &str); 27] = [
    ("AT", "AUSTRIA"), ("BE", "BELGIUM"), ("BG", "BULGARIA"), ("CY", "CYPRUS"), ("CZ", "CZECHIA"),
    ("DE", "GERMANY"), ("DK", "DENMARK"), ("EE", "ESTONIA"), ("ES", "SPAIN"), ("FI", "FINLAND"),
    ("FR", "FRANCE"), ("GR", "GREECE"), ("HR", "CROATIA"), ("HU", "HUNGARY"), ("IE", "IRELAND"),
    ("IT", "ITALY"), ("LT", "LITHUANIA"), ("LU", "LUXEMBOURG"), ("LV", "LATVIA"), ("MT", "MALTA"),
    ("NL", "NETHERLANDS"), ("PL", "POLAND"), ("PT", "PORTUGAL"), ("RO", "ROMANIA"), ("SE", "SWEDEN"),
    ("SI", "SLOVENIA"), ("SK", "SLOVAKIA"),
];

/// Other names of places, and how licenses and this house name them.
const NAMES: [(&str, &str); 16] = [
    ("EUROPEAN UNION", "EU"),
    ("EEA", "EEA"),
    ("EUROPE", "EUROPE"),
    ("GB", "UK"),
    ("UNITED KINGDOM", "UK"),
    ("GREAT BRITAIN", "UK"),
    ("ENGLAND", "UK"),
    ("SOUTH KOREA", "KR"),
    ("KOREA", "KR"),
    ("UNITED STATES", "US"),
    ("USA", "US"),
    ("CHINA", "CN"),
    ("JAPAN", "JP"),
    ("WORLD", "WORLD"),
    ("WORLDWIDE", "WORLD"),
    ("GLOBAL", "WORLD"),
];

/// A place as this house names it: an ISO code, `EU`, `UK`, `EEA`, `EUROPE` or `WORLD`; `None` for a
/// name that is not known.
///
/// ```
/// use weighbill::licenses::place;
///
/// assert_eq!(place("germany").as_deref(), Some("DE"));
/// assert_eq!(place("gb").as_deref(), Some("UK"));
/// assert_eq!(place("worldwide").as_deref(), Some("WORLD"));
/// assert_eq!(place("Ruritania"), None);
/// ```
pub fn place(name: &str) -> Option<String> {
    let name = name.trim().to_uppercase();
    let listed = NAMES.iter().find(|(have, _)| *have == name).map(|(_, place)| *place);
    let member = EU.iter().find(|(_, have)| *have == name).map(|(code, _)| *code);
    let code = name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_uppercase());
    listed.or(member).map(str::to_owned).or_else(|| code.then_some(name))
}

/// Whether a place, as [`place`] gives it, has a part in a region that a license leaves out.
pub(super) fn meets(place: &str, region: &str) -> bool {
    match place {
        "WORLD" => true,
        "EUROPE" => matches!(region, "EU" | "UK"),
        "EEA" => region == "EU",
        _ => place == region || region == "EU" && EU.iter().any(|(code, _)| *code == place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lie_in_regions() {
        check("DE", "EU", true);
        check("France", "EU", true);
        check("EU", "EU", true);
        check("EEA", "EU", true);
        check("Great Britain", "UK", true);
        check("gb", "EU", false);
        check("Europe", "UK", true);
        check("global", "KR", true);
        check("US", "EU", false);
        check("CH", "EU", false);
    }

    #[track_caller]
    fn check(name: &str, region: &str, inside: bool) {
        assert_eq!(place(name).map(|place| meets(&place, region)), Some(inside));
    }
}
