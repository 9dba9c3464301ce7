//! Puts an output in its place, whole or not at all.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// Bytes that are gathered before they are written on.
const BUFFER: usize = 64 * 1024;

/// How many names beside the output are tried before giving up.
const NAMES: u32 = 100;

/// Why an output is not there. Nothing of it is.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {source}", path.display())]
pub struct WriteError {
    /// What was tried: `create`, `write`, `replace`.
    pub doing: &'static str,
    /// Where the output should have been.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Writes what `fill` gives to `path`; `-` is `stdout`.
///
/// A plain file appears, or is replaced, only once every byte of it is on disk; it keeps the
/// permissions of the file that it replaces, and a link to a file stays a link. What is no plain
/// file (`/dev/stdout`, a FIFO) is written to as it is.
pub fn put(
    path: &Path,
    stdout: &mut dyn Write,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    if path == Path::new("-") {
        return filled(stdout, fill).map_err(failed("write", path)).map(drop);
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    match fs::metadata(&target) {
        Ok(there) if there.is_dir() => {
            Err(failed("write", path)(io::ErrorKind::IsADirectory.into()))
        }
        Ok(there) if there.is_file() => replace(path, &target, Some(there.permissions()), fill),
        Ok(_) => {
            let open = OpenOptions::new().write(true).open(&target);
            let opened = open.map_err(failed("open", path))?;
            filled(opened, fill).map_err(failed("write", path)).map(drop)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => replace(path, &target, None, fill),
        Err(error) => Err(failed("write", path)(error)),
    }
}

/// Fills a new file beside `target`, then gives it its name.
fn replace(
    path: &Path,
    target: &Path,
    permissions: Option<fs::Permissions>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    let (beside, empty) = create_beside(target).map_err(failed("create", path))?;
    let unfinished = Unfinished(&beside);
    let whole = filled(empty, fill).map_err(failed("write", path))?;
    if let Some(permissions) = permissions {
        whole.set_permissions(permissions).map_err(failed("write", path))?;
    }
    whole.sync_all().map_err(failed("write", path))?;
    fs::rename(&beside, target).map_err(failed("replace", path))?;
    std::mem::forget(unfinished);
    // The name is as durable as the bytes where the system lets a folder be synced; it need not.
    if let Some(folder) = target.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// A file of a name that nothing else has, in the folder of `target`.
fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    for number in 0..NAMES {
        let mut beside = OsString::from(".");
        beside.push(name.to_string_lossy().chars().take(60).collect::<String>());
        beside.push(format!(".{}-{number}.part", std::process::id()));
        let beside = target.with_file_name(beside);
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return Ok((beside, opened?)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Runs `fill` on a buffer before `out`, and gives `out` back once the buffer is through.
fn filled<W: Write>(out: W, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<W> {
    let mut buffered = BufWriter::with_capacity(BUFFER, out);
    if let Err(error) = fill(&mut buffered) {
        // What is gathered stays unwritten: the output is not whole.
        let _ = buffered.into_parts();
        return Err(error);
    }
    buffered.flush()?;
    buffered.into_inner().map_err(io::IntoInnerError::into_error)
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    move |source| WriteError { doing, path: path.to_path_buf(), source }
}

/// Takes the unfinished file away, whatever went wrong.
struct Unfinished<'a>(&'a Path);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_output_appears_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        put(&path, &mut io::sink(), |out| out.write_all(b"first")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        put(&path, &mut io::sink(), |out| out.write_all(b"second")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_output_that_fails_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        fs::write(&path, "kept").unwrap();
        let full = put(&path, &mut io::sink(), |out| {
            out.write_all(&vec![b'x'; 3 * BUFFER])?;
            Err(io::ErrorKind::StorageFull.into())
        });
        let message = full.unwrap_err().to_string();
        assert!(message.starts_with("cannot write "), "{message}");
        assert_eq!(fs::read(&path).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        put(&link, &mut io::sink(), |out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn what_is_no_plain_file_is_written_to() {
        let mut stdout = Vec::new();
        put(Path::new("-"), &mut stdout, |out| out.write_all(b"here")).unwrap();
        assert_eq!(stdout, b"here");
        put(Path::new("/dev/null"), &mut io::sink(), |out| out.write_all(b"gone")).unwrap();
        assert!(fs::metadata("/dev/null").is_ok_and(|null| !null.is_file()));
        let full = put(Path::new("/dev/full"), &mut io::sink(), |out| out.write_all(b"no"));
        assert_eq!(full.unwrap_err().source.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn refusals_say_what_and_where() {
        let folder = tempfile::tempdir().unwrap();
        let none = put(&folder.path().join("none/report"), &mut io::sink(), |_| Ok(()));
        assert!(none.unwrap_err().to_string().starts_with("cannot create "));
        let taken = put(folder.path(), &mut io::sink(), |_| Ok(()));
        assert!(taken.unwrap_err().to_string().contains("directory"));
    }
}
