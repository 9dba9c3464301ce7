//! Whole cards, composed to state the facts of published ones in their form.

use super::*;

#[test]
#[ignore = "prints what the card at $CARD states"]
#[expect(clippy::print_stdout, reason = "a look at a card by hand")]
fn shows() {
    let path = std::env::var("CARD").unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let kind = if path.contains("data") {
        FileKind::DataCard
    } else {
        FileKind::ModelCard
    };
    let start = std::time::Instant::now();
    let (card, oddities) = read("README.md", &bytes, kind);
    println!("{:?} {} words, {} placeholders", start.elapsed(), card.words, card.placeholders);
    let start = std::time::Instant::now();
    read("README.md", &bytes, kind);
    println!("again {:?}", start.elapsed());
    for odd in oddities {
        println!("odd {:?} {}", odd.at.line, odd.saying);
    }
    for it in &card.statements {
        println!("{:4} {:12} {:24} {}", it.line, it.presence, it.about, it.saying);
    }
    for it in &card.disclosures {
        println!("{:4} {:12} {:24} {}", it.line, it.presence, it.topic, it.saying);
    }
    for it in &card.numbered {
        println!("{:4} {} {}", it.line, it.number, it.filled);
    }
}
