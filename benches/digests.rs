//! How fast the digests are, in ratios to `openssl dgst -sha256` on the same files.
//!
//! `cargo bench --bench digests` makes its files (4 GiB) in the folder for temporary files, runs
//! this program and `openssl` in turn, and prints medians. User and system time and peak memory
//! are the operating system's own account of each finished process.
//!
//! `WEIGHBILL_BENCH_MIB` is the length of a shard (256), `WEIGHBILL_BENCH_RUNS` how often each
//! pair is run (5), `WEIGHBILL_BENCH_DIR` where the files go.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use weighbill::digest::{self, Algorithm, Decoder, FileJob, RangeJob};

/// How many shards there are; one file more is as long as all of them.
const SHARDS: u64 = 8;

/// The length of a tensor in bytes. The first of a file is shorter by a header.
const TENSOR: u64 = 8 << 20;
const HEADER: u64 = 4096;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One line of the table.
struct Row {
    name: &'static str,
    /// What of each file: `files`, `tensors`, `statistics`.
    what: &'static str,
    threads: usize,
    /// Whether of the one long file rather than of the shards.
    one_file: bool,
    unit: Unit,
    at_most: f64,
}

/// What is set against what.
#[derive(Clone, Copy)]
enum Unit {
    Cpu,
    Wall,
}

const ROWS: &[Row] = &[
    Row {
        name: "file digests of 8 shards",
        what: "files",
        threads: 2,
        one_file: false,
        unit: Unit::Cpu,
        at_most: 0.58,
    },
    Row {
        name: "file and tensor digests of the same",
        what: "tensors",
        threads: 2,
        one_file: false,
        unit: Unit::Cpu,
        at_most: 1.08,
    },
    Row {
        name: "file and tensor digests of one file",
        what: "tensors",
        threads: 2,
        one_file: true,
        unit: Unit::Wall,
        at_most: 1.0,
    },
    Row {
        name: "file and tensor digests and statistics",
        what: "statistics",
        threads: 2,
        one_file: false,
        unit: Unit::Cpu,
        at_most: 1.5,
    },
];

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--hash", what, threads, paths @ ..] => hash(what, threads.parse()?, paths),
        args if args.contains(&"--bench") => bench(),
        _ => Ok(()), // `cargo test --all-targets`
    }
}

/// The measured program: hashes and ends.
fn hash(what: &str, threads: usize, paths: &[&str]) -> Result<()> {
    let mut plan = Vec::new();
    for path in paths {
        let len = fs::metadata(path)?.len();
        let statistics = Decoder::for_dtype("BF16").filter(|_| what == "statistics");
        let tensors = (0..len.div_ceil(TENSOR)).map(|at| RangeJob {
            bytes: (at * TENSOR).max(HEADER)..len.min((at + 1) * TENSOR),
            digest: true,
            statistics,
        });
        let ranges = if what == "files" {
            Vec::new()
        } else {
            tensors.collect()
        };
        plan.push(FileJob {
            path: path.into(),
            whole: vec![Algorithm::Sha256],
            ranges,
        });
    }
    let trouble = digest::run(&plan, threads, &|_| {}).into_iter().find_map(|file| file.trouble);
    trouble.map_or(Ok(()), |trouble| Err(trouble.into()))
}

fn bench() -> Result<()> {
    let shard = number("WEIGHBILL_BENCH_MIB", 256)? << 20;
    let runs = number("WEIGHBILL_BENCH_RUNS", 5)?;
    let folder = env::var_os("WEIGHBILL_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let folder = tempfile::Builder::new().prefix("weighbill-bench-").tempdir_in(folder)?;
    let shards: Vec<PathBuf> =
        (0..SHARDS).map(|at| folder.path().join(format!("shard-{at}"))).collect();
    let long = folder.path().join("long");
    for (path, len) in shards.iter().map(|path| (path, shard)).chain([(&long, SHARDS * shard)]) {
        make(path, len)?;
    }
    println!("{}", machine());
    println!("{}", digest::speeds());
    for row in ROWS {
        let paths = if row.one_file {
            std::slice::from_ref(&long)
        } else {
            &shards[..]
        };
        let (mut ratios, mut ours) = (Vec::new(), Vec::new());
        for run in 0..=runs {
            let own = spent(&mut ourselves(row.what, row.threads, paths)?)?;
            let peer = spent(Command::new("openssl").args(["dgst", "-sha256"]).args(paths))?;
            if run > 0 {
                ratios.push(own.of(row.unit) / peer.of(row.unit));
                ours.push(own.of(row.unit));
            }
        }
        let unit = match row.unit {
            Unit::Cpu => "CPU",
            Unit::Wall => "wall",
        };
        println!(
            "{:40} {:.3} of openssl's {unit} (at most {}); {:.2} s, {} threads",
            row.name,
            median(ratios),
            row.at_most,
            median(ours),
            row.threads,
        );
    }
    let four_times = vec![shards; 4].concat();
    for what in ["files", "tensors"] {
        let peak = spent(&mut ourselves(what, 2, &four_times)?)?.peak;
        let gib = (4 * SHARDS * shard) >> 30;
        println!("peak memory, {what} of {gib} GiB: {:.0} MB (at most 60)", peak / 1e6);
    }
    Ok(())
}

fn number(name: &str, default: u64) -> Result<u64> {
    env::var(name).map_or(Ok(default), |value| Ok(value.parse()?))
}

fn ourselves(what: &str, threads: usize, paths: &[PathBuf]) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["--hash", what, &threads.to_string()]).args(paths);
    Ok(command)
}

/// A file of `len` bytes that look like weights in BF16: small numbers of either sign.
fn make(path: &Path, len: u64) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut word = len;
    for _ in 0..len / 4 {
        word = word.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let [.., a, b, c, d] = word.to_le_bytes();
        out.write_all(&[a, b & 0x81 | 0x3c, c, d & 0x81 | 0x3c])?;
    }
    out.flush()
}

/// What a finished process took: seconds, and bytes.
struct Spent {
    cpu: f64,
    wall: f64,
    peak: f64,
}

impl Spent {
    fn of(&self, unit: Unit) -> f64 {
        match unit {
            Unit::Cpu => self.cpu,
            Unit::Wall => self.wall,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds and megabytes")]
fn spent(command: &mut Command) -> Result<Spent> {
    let start = Instant::now();
    let child = command.stdout(Stdio::null()).spawn()?;
    let mut status = 0;
    #[expect(unsafe_code, reason = "std does not tell what a child has used")]
    // SAFETY: a child of ours that nobody else waits for, and two structures for the kernel to fill.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::wait4(child.id().cast_signed(), &raw mut status, 0, &raw mut usage);
        usage
    };
    if status != 0 {
        return Err(format!("{command:?} failed").into());
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Spent {
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        wall: start.elapsed().as_secs_f64(),
        peak: usage.ru_maxrss as f64 * 1024.0,
    })
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The processor's name, and how many of it there are.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let names = text.lines().filter_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let name = names.map(|(_, name)| name).next().unwrap_or("an unknown processor");
    let path = "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list";
    let siblings = fs::read_to_string(path).unwrap_or_default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{name}, {threads} threads to run on, siblings of the first: {}", siblings.trim())
}
