//! Digests of earlier runs, in the user's cache folder, for those who ask for them.
//!
//! A file is taken to be the one that was hashed as long as device, inode, length, modification
//! and change time are the same. Each has an entry of its own, named after device and inode:
//! whole or not there, as it is renamed into place, and ended by its own SHA-256. An entry that is
//! damaged, or of another version, is not believed in any part.

use std::{
    collections::BTreeMap,
    env, fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use super::{
    Algorithm, Digest, FileDigests, FileJob, RangeDigest, RangeJob, Statistics, hex, run,
    schedule::Parts, sha256,
};
use crate::source::Stamp;

/// Changed whenever an entry, or what stands in one, changes its meaning.
const VERSION: u32 = 1;

/// Files shorter than this many bytes are sooner hashed than looked up.
const WORTH_REMEMBERING: u64 = 1 << 20;

/// A file that changed less than this ago may change again within one tick of its clock.
const SETTLED: Duration = Duration::from_secs(2);

/// A folder of remembered digests.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    notes: Vec<String>,
}

impl Cache {
    /// The cache of the user: in `XDG_CACHE_HOME`, else in `.cache` in the home folder.
    /// `None` where neither is known.
    pub fn of_user() -> Option<Self> {
        let absolute =
            |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
        Some(Self::open(&home.join("weighbill/digests")))
    }

    /// The cache in `folder`, which is made when there is something to put into it.
    pub fn open(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            notes: Vec::new(),
        }
    }

    /// What was wrong with the cache so far, one clause each, for the user to read.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What `job` asks for, if all of it is known.
    pub fn lookup(&mut self, job: &FileJob) -> Option<FileDigests> {
        let stamp = Stamp::read(&job.path).ok().filter(worth_it)?;
        self.entry(stamp)?.answer(job)
    }

    /// Keeps what was found out in this run, beside what is known of the same file already.
    /// Nothing is kept of a file that could not be read whole, or changed a moment ago.
    pub fn remember(&mut self, job: &FileJob, digests: &FileDigests) {
        let sound = digests.trouble.is_none() && !digests.changed && !digests.remembered;
        let Some(stamp) = digests.stamp.filter(|stamp| sound && worth_it(stamp) && settled(stamp))
        else {
            return;
        };
        let mut entry = self.entry(stamp).unwrap_or_else(|| Entry::new(stamp));
        entry.take(job, digests);
        if let Err(error) = self.write(&entry) {
            self.notes.push(format!("digests cannot be kept: {error}"));
        }
    }

    fn path(&self, stamp: Stamp) -> PathBuf {
        self.folder.join(format!("{:x}-{:x}", stamp.dev, stamp.ino))
    }

    /// The entry of this very state of a file.
    fn entry(&mut self, stamp: Stamp) -> Option<Entry> {
        let path = self.path(stamp);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                self.notes.push(format!("{}: {error}", path.display()));
                return None;
            }
        };
        let entry = Entry::parse(&text);
        if entry.is_none() {
            self.notes.push(format!("{}: damaged, not used", path.display()));
        }
        entry.filter(|entry| entry.version == VERSION && entry.stamp == stamp)
    }

    fn write(&self, entry: &Entry) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let path = self.path(entry.stamp);
        let new = path.with_extension("new");
        let mut text = serde_json::to_vec(entry)?;
        text.push(b'\n');
        let seal = hex(&sha256(&text));
        text.extend_from_slice(seal.as_bytes());
        let placed = fs::write(&new, text).and_then(|()| fs::rename(&new, &path));
        if placed.is_err() {
            let _ = fs::remove_file(&new);
        }
        placed
    }
}

fn worth_it(stamp: &Stamp) -> bool {
    stamp.len >= WORTH_REMEMBERING
}

fn settled(stamp: &Stamp) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let last = now.saturating_sub(SETTLED).as_secs();
    [stamp.mtime.0, stamp.ctime.0].iter().all(|&time| u64::try_from(time).unwrap_or(0) < last)
}

/// What is known of one state of one file.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    version: u32,
    stamp: Stamp,
    /// Hex by the names of the algorithms.
    whole: BTreeMap<String, String>,
    /// By first byte and end.
    ranges: Vec<((u64, u64), Part)>,
}

/// What is known of one range.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Part {
    sha256: Option<String>,
    /// The name of the decoder, and what it saw.
    statistics: Option<(String, Bits)>,
}

/// [`Statistics`] to the last bit: `min`, `max`, `mean`, `std`; then the counts.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Bits([u64; 4], [u64; 3]);

impl Entry {
    fn new(stamp: Stamp) -> Self {
        Self {
            version: VERSION,
            stamp,
            whole: BTreeMap::new(),
            ranges: Vec::new(),
        }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let end = text.iter().rposition(|&byte| byte == b'\n')? + 1;
        let (body, seal) = text.split_at(end);
        let whole = seal == hex(&sha256(body)).as_bytes();
        whole.then(|| serde_json::from_slice(body).ok()).flatten()
    }

    fn take(&mut self, job: &FileJob, digests: &FileDigests) {
        for (algorithm, digest) in &digests.whole {
            self.whole.insert(algorithm.name().to_owned(), digest.to_string());
        }
        let mut known: BTreeMap<_, _> = self.ranges.drain(..).collect();
        for (range, found) in job.ranges.iter().zip(&digests.ranges) {
            if found.trouble.is_some() {
                continue;
            }
            let part: &mut Part = known.entry((range.bytes.start, range.bytes.end)).or_default();
            if let Some(sha256) = &found.sha256 {
                part.sha256 = Some(hex(sha256));
            }
            if let (Some(decoder), Some(seen)) = (range.statistics, found.statistics) {
                part.statistics = Some((decoder.name(), seen.into()));
            }
        }
        self.ranges = known.into_iter().collect();
    }

    fn answer(&self, job: &FileJob) -> Option<FileDigests> {
        let known: BTreeMap<_, _> =
            self.ranges.iter().map(|(range, part)| (*range, part)).collect();
        let mut parts = Parts::of(job, self.stamp.len);
        let settled: BTreeMap<_, _> = parts.settled.drain(..).collect();
        let ranges = job.ranges.iter().enumerate().map(|(index, range)| {
            let bytes = (range.bytes.start, range.bytes.end);
            settled.get(&index).cloned().or_else(|| known.get(&bytes)?.answer(range))
        });
        let whole = job.whole.iter().map(|algorithm| {
            let digest = digest(self.whole.get(algorithm.name())?, *algorithm)?;
            Some((*algorithm, digest))
        });
        Some(FileDigests {
            whole: whole.collect::<Option<_>>()?,
            ranges: ranges.collect::<Option<_>>()?,
            stamp: Some(self.stamp),
            remembered: true,
            ..FileDigests::default()
        })
    }
}

impl Part {
    fn answer(&self, range: &RangeJob) -> Option<RangeDigest> {
        let mut answer = RangeDigest::default();
        if range.digest {
            let digest = digest(self.sha256.as_ref()?, Algorithm::Sha256)?;
            answer.sha256 = Some(digest.as_bytes().try_into().ok()?);
        }
        if let Some(decoder) = range.statistics {
            let (name, seen) = self.statistics.as_ref()?;
            answer.statistics = Some((*seen).into()).filter(|_| *name == decoder.name());
            answer.statistics?;
        }
        Some(answer)
    }
}

/// A digest from its hex, if it has the length that `algorithm` gives.
fn digest(hex: &str, algorithm: Algorithm) -> Option<Digest> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    Digest::new(&bytes).filter(|_| rest.is_empty() && bytes.len() == algorithm.digest_len())
}

impl From<Statistics> for Bits {
    fn from(s: Statistics) -> Self {
        Self([s.min, s.max, s.mean, s.std].map(f64::to_bits), [s.zeros, s.nan, s.inf])
    }
}

impl From<Bits> for Statistics {
    fn from(Bits(bits, [zeros, nan, inf]): Bits) -> Self {
        let [min, max, mean, std] = bits.map(f64::from_bits);
        Self { min, max, mean, std, zeros, nan, inf }
    }
}

/// As [`run`], but what `cache` knows is not hashed again, and what was hashed is kept in it.
/// Whatever hangs on the bytes being what they are now must not be asked for in this way.
pub fn run_remembering(
    cache: &mut Cache,
    plan: &[FileJob],
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Vec<FileDigests> {
    let known: Vec<Option<FileDigests>> = plan.iter().map(|job| cache.lookup(job)).collect();
    let skipped = known.iter().flatten().filter_map(|digests| digests.stamp);
    let skipped: u64 = skipped.map(|stamp| stamp.len).sum();
    let unknown = plan.iter().zip(&known).filter(|(_, known)| known.is_none());
    let rest: Vec<FileJob> = unknown.map(|(job, _)| job.clone()).collect();
    let fresh = run(&rest, threads, &|done| progress(skipped + done));
    for (job, digests) in rest.iter().zip(&fresh) {
        cache.remember(job, digests);
    }
    let mut fresh = fresh.into_iter();
    let one_each = known.into_iter().map(|known| known.or_else(|| fresh.next()));
    one_each.map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs::FileTimes, slice};

    use super::*;
    use crate::digest::Decoder;

    struct Fixture {
        folder: tempfile::TempDir,
        job: FileJob,
    }

    /// A file of 1 MiB that changed long ago, as far as anyone can set that back.
    fn fixture() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, vec![7; 1 << 20]).unwrap();
        let statistics = Decoder::for_dtype("U8");
        let range = |bytes| RangeJob { bytes, digest: true, statistics };
        let ranges = vec![
            range(3..5000),
            range(3..5000),
            range(9..9),
            range(0..1 << 30),
        ];
        let whole = vec![Algorithm::Blake3, Algorithm::Sha256];
        Fixture {
            folder,
            job: FileJob { path, whole, ranges },
        }
    }

    impl Fixture {
        fn cache(&self) -> Cache {
            Cache::open(&self.folder.path().join("cache"))
        }

        /// What a run finds, kept as if the file had lain still for a while.
        fn kept(&self) -> FileDigests {
            let digests = run(slice::from_ref(&self.job), 1, &|_| {}).remove(0);
            let mut entry = Entry::new(digests.stamp.unwrap());
            entry.take(&self.job, &digests);
            self.cache().write(&entry).unwrap();
            digests
        }

        fn entry_path(&self) -> PathBuf {
            let entries = fs::read_dir(self.folder.path().join("cache")).unwrap();
            entries.map(|entry| entry.unwrap().path()).next().unwrap()
        }
    }

    #[test]
    fn what_was_hashed_is_remembered() {
        let fixture = fixture();
        let fresh = fixture.kept();
        let known = fixture.cache().lookup(&fixture.job).unwrap();
        assert_eq!(known, FileDigests { remembered: true, ..fresh });
        let asked = slice::from_ref(&fixture.job);
        assert_eq!(run_remembering(&mut fixture.cache(), asked, 1, &|_| {}), [known]);
    }

    #[test]
    fn what_was_not_hashed_is_not_known() {
        let fixture = fixture();
        assert_eq!(fixture.cache().lookup(&fixture.job), None);
        fixture.kept();
        let unknown = |change: fn(&mut FileJob)| {
            let mut job = fixture.job.clone();
            change(&mut job);
            fixture.cache().lookup(&job).is_none()
        };
        assert!(!unknown(|_| {}));
        assert!(!unknown(|job| job.whole.clear()));
        assert!(unknown(|job| job.whole.push(Algorithm::Md5)));
        assert!(unknown(|job| job.ranges[0].bytes.end += 1));
        assert!(unknown(|job| job.ranges[0].statistics = Decoder::for_dtype("I8")));
    }

    #[test]
    fn a_file_that_moved_in_time_is_hashed_again() {
        let fixture = fixture();
        fixture.kept();
        let file = fs::File::options().append(true).open(&fixture.job.path).unwrap();
        file.set_times(FileTimes::new().set_modified(UNIX_EPOCH)).unwrap();
        assert_eq!(fixture.cache().lookup(&fixture.job), None);
    }

    #[test]
    fn a_file_that_changed_just_now_is_not_kept() {
        let fixture = fixture();
        let digests = run(slice::from_ref(&fixture.job), 1, &|_| {}).remove(0);
        fixture.cache().remember(&fixture.job, &digests);
        assert_eq!(fixture.cache().lookup(&fixture.job), None);
    }

    #[test]
    fn a_damaged_entry_is_not_believed() {
        let fixture = fixture();
        fixture.kept();
        let path = fixture.entry_path();
        let whole = fs::read(&path).unwrap();
        for (cut, flip) in [
            (0, None),
            (whole.len() / 2, None),
            (whole.len(), Some(whole.len() / 2)),
        ] {
            let mut damaged = whole[..cut].to_vec();
            if let Some(at) = flip {
                damaged[at] ^= 1;
            }
            fs::write(&path, damaged).unwrap();
            let mut cache = fixture.cache();
            assert_eq!(cache.lookup(&fixture.job), None);
            assert_eq!(cache.notes().len(), 1);
        }
    }

    #[test]
    fn a_digest_of_the_wrong_length_is_not_believed() {
        assert!(digest(&"ab".repeat(32), Algorithm::Sha256).is_some());
        for hex in [
            "",
            "ab",
            &"ab".repeat(31),
            &"a".repeat(63),
            &"gg".repeat(32),
            &"ab".repeat(70),
        ] {
            assert_eq!(digest(hex, Algorithm::Sha256), None);
        }
    }
}
