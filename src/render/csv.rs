//! Tensors as RFC 4180: a row each, for spreadsheets and data frames. No name is a formula.

use std::io::{self, Write};

use super::{Output, Style, escape};
use crate::report::{Number, Report, Statistics};

pub(super) const OUTPUT: Output = Output {
    name: "csv",
    about: "a row a tensor, for spreadsheets and data frames",
    write,
};

/// The first row. Statistics and digests are empty where they were not taken.
const HEAD: &str =
    "path,name,dtype,shape,elements,start,end,role,sha256,min,max,mean,std,zeros,nan,inf";

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{HEAD}\r\n")?;
    for file in &report.weights {
        let path = escape::csv(&file.path);
        for tensor in &file.tensors {
            let name = escape::csv(&tensor.name);
            let dtype = escape::csv(&tensor.dtype);
            let extents: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
            let shape = extents.join("x");
            let elements = cell(tensor.elements);
            let (start, end) = tensor.bytes.unzip();
            let (start, end) = (cell(start), cell(end));
            let role = tensor.role;
            let sha256 = tensor.sha256.as_deref().map(escape::csv).unwrap_or_default();
            write!(out, "{path},{name},{dtype},{shape},{elements},{start},{end},{role},{sha256},")?;
            write!(out, "{}\r\n", tensor.stats.as_ref().map_or(",,,,,,".to_owned(), statistics))?;
        }
    }
    Ok(())
}

fn cell(number: Option<u64>) -> String {
    number.map(|n| n.to_string()).unwrap_or_default()
}

fn statistics(stats: &Statistics) -> String {
    let [min, max, mean, std] = [stats.min, stats.max, stats.mean, stats.std].map(real);
    let Statistics { zeros, nan, inf, .. } = stats;
    format!("{min},{max},{mean},{std},{zeros},{nan},{inf}")
}

/// As data frames read it. A minus is a number's here and not the start of a formula.
fn real(number: Number) -> String {
    match number.0 {
        n if n.is_nan() => "NaN".to_owned(),
        n if n.is_infinite() => if n > 0.0 { "inf" } else { "-inf" }.to_owned(),
        n => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn csv(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_a_tensor() {
        let mut report = sample::tiny();
        report.weights[0].tensors[0].stats = sample::llama().weights[0].tensors[0].stats.clone();
        let csv = csv(&report);
        let rows: Vec<&str> = csv.split("\r\n").collect();
        assert_eq!(rows[0], HEAD);
        assert_eq!(
            rows[1],
            "model.safetensors,w,F32,2x3,6,72,96,parameter,,-0.25,1.21,0.0001,0.022,12,0,0"
        );
        assert_eq!(rows[2..], [""]);
    }

    #[test]
    fn no_cell_is_a_formula_or_a_second_row() {
        let csv = csv(&sample::hostile());
        let columns = HEAD.split(',').count();
        for row in csv.trim_end_matches("\r\n").split("\r\n") {
            let cells = cells(row);
            assert_eq!(cells.len(), columns, "{row}");
            for text in [&cells[0], &cells[1], &cells[2]] {
                assert!(!text.trim_start().starts_with(['=', '+', '-', '@']), "{row}");
                assert!(!text.contains(['\n', '\r']), "{row}");
            }
        }
    }

    /// A row as RFC 4180 reads it.
    fn cells(row: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut chars = row.chars().peekable();
        while let Some(c) = chars.next() {
            let cell = cells.last_mut().unwrap();
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                c => cell.push(c),
            }
        }
        cells
    }
}
