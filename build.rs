//! Joins the JavaScript of the browser layer into one module, `target/browser.js`, from which Rust imports it.
//!
//! wasm-bindgen would copy each file that Rust names and no other, and its test server hangs where a page asks for more than four
//! at once. The files stay modules: each import is a line, and all names at their top level differ.

use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

const SOURCES: &str = "src/browser";
const MODULE: &str = "target/browser.js";

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed={SOURCES}");
    println!("cargo:rerun-if-changed={MODULE}");
    let mut joined = Joined::default();
    joined.add_folder(Path::new(SOURCES))?;
    if fs::read_to_string(MODULE).is_ok_and(|module| module == joined.text) {
        return Ok(());
    }
    fs::create_dir_all("target")?;
    fs::write(MODULE, joined.text)
}

#[derive(Default)]
struct Joined {
    files: Vec<PathBuf>,
    text: String,
}

impl Joined {
    fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.add_folder(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "js") {
                self.add_file(&path)?;
            }
        }
        Ok(())
    }

    /// Adds a file after those that it imports.
    fn add_file(&mut self, path: &Path) -> Result<()> {
        let path = path.canonicalize()?;
        if self.files.contains(&path) {
            return Ok(());
        }
        self.files.push(path.clone());
        let text = fs::read_to_string(&path)?;
        let (imports, body): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("import "));
        for imported in imports.iter().filter_map(|line| line.split('"').nth(1)) {
            self.add_file(&path.with_file_name("").join(imported))?;
        }
        self.text.extend(body.iter().flat_map(|line| [line, "\n"]));
        Ok(())
    }
}
