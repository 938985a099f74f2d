//! The keys of the apps, and what the shell does with them: the engine's own native sealing.

use crate::luck::Luck;
use sealwire::engine::io::CryptoFailure;
use sealwire::engine::software::typelets::TypeletsKey;
use sealwire::rows::io::{Sealed, Texts};
use serde_json::{Map, Value};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Right,
    Wrong,
}

impl Key {
    /// It takes 250,000 rounds, so once for all.
    fn get(self) -> &'static TypeletsKey {
        static RIGHT: OnceLock<TypeletsKey> = OnceLock::new();
        static WRONG: OnceLock<TypeletsKey> = OnceLock::new();
        match self {
            Self::Right => RIGHT.get_or_init(|| TypeletsKey::from_master_password("correct horse", "u1")),
            Self::Wrong => WRONG.get_or_init(|| TypeletsKey::from_master_password("battery staple", "u1")),
        }
    }

    pub fn seal(self, luck: &mut Luck, texts: &Texts) -> Sealed {
        let mut iv = [0; 16];
        iv[..8].copy_from_slice(&luck.number().to_be_bytes());
        iv[8..].copy_from_slice(&luck.number().to_be_bytes());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let row = self.get().seal(iv, &text(&texts.title), &text(&texts.content)).expect("it can be sealed");
        Sealed {
            iv: row.iv,
            salt: "c2FsdA==".into(),
            title: texts.title.as_ref().map(|_| row.title),
            content: texts.content.as_ref().map(|_| row.content),
        }
    }

    pub fn open(self, sealed: &Sealed) -> Result<Texts, CryptoFailure> {
        let open = |text: &Option<String>| text.as_deref().map(|text| self.get().open(&sealed.iv, text)).transpose();
        Ok(Texts { title: open(&sealed.title)?, content: open(&sealed.content)? })
    }

    /// The texts of a row of the server: title, then content.
    pub fn open_row(self, row: &Map<String, Value>) -> Result<(String, String), CryptoFailure> {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let open = |name: &str| self.get().open(text("iv"), text(name));
        Ok((open("encryptedTitle")?, open("encryptedContent")?))
    }

    /// Fields as a client sends them.
    pub fn seal_row(self, luck: &mut Luck, title: &str, content: &str) -> Value {
        let sealed = self.seal(luck, &Texts { title: Some(title.into()), content: Some(content.into()) });
        serde_json::json!({
            "title": "[ENCRYPTED]", "content": "[ENCRYPTED]", "encryptedTitle": sealed.title, "encryptedContent": sealed.content,
            "iv": sealed.iv, "salt": sealed.salt,
        })
    }
}
