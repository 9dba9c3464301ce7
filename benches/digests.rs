fn main() {
    use weighbill::digest::*;
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let mode = &args[0];
    let threads: usize = args[1].parse().unwrap();
    let plan: Vec<FileJob> = args[2..]
        .iter()
        .map(|p| {
            let len = std::fs::metadata(p).unwrap().len();
            let t: u64 = 8 << 20;
            let ranges = if mode == "files" {
                vec![]
            } else {
                (0..len / t)
                    .map(|i| RangeJob {
                        bytes: (i * t + if i == 0 { 4096 } else { 0 })..(i + 1) * t,
                        digest: true,
                        statistics: if let Some(d) = mode.strip_prefix("stats-") {
                            Decoder::for_dtype(d)
                        } else {
                            None
                        },
                    })
                    .collect()
            };
            FileJob {
                path: p.into(),
                whole: vec![Algorithm::Sha256],
                ranges,
            }
        })
        .collect();
    let t = std::time::Instant::now();
    let r = run(&plan, threads, &|_| {});
    for f in &r {
        if let Some(t) = &f.trouble {
            println!("{t}");
        }
    }
    let mut all = Vec::new();
    for f in &r {
        for w in &f.whole {
            all.extend(w.1.as_bytes());
        }
        for w in &f.ranges {
            all.extend(w.sha256.unwrap());
        }
    }
    println!("{:.3} s {}", t.elapsed().as_secs_f64(), hex(&sha256(&all)[..8]));
}
