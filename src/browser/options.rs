//! What the app asks for, checked. Every refusal is a `bad_option` that names the option.

use super::convert::{property, sync_error, well_formed};
use super::crypto::KeySource;
use super::object::global;
use super::random::{random, uuid};
use crate::engine::error::ErrorCode;
use crate::engine::ids::{is_long_id, is_short_id};
use crate::engine::seal::Format;
use crate::engine::{Config, Identity};
use js_sys::{Uint8Array, encode_uri_component};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, Url};
use zeroize::Zeroizing;

const BITMARKS_URL: &str = "wss://app.bitmarks.sh/api/v1/sync/realtime";
/// Where BitMarks' own clients keep the device's id.
const BITMARKS_DEVICE_ID: &str = "bitmarks_device_id";
const MAX_QUEUE: u32 = 100_000;
const MAX_MAX_QUEUE: u32 = 1_000_000;
/// Iterations of PBKDF2 where the app does not say.
const ITERATIONS: u32 = 600_000;
const BITMARKS_ITERATIONS: u32 = 100_000;
const MIN_ITERATIONS: u32 = 10_000;
const MAX_ITERATIONS: u32 = 100_000_000;
const MIN_SALT: u32 = 16;

/// Everything that a manager is made of.
pub(crate) struct Options {
    /// For the engine.
    pub(crate) config: Config,
    /// For the cipher.
    pub(crate) key: KeySource,
    /// The account's database.
    pub(crate) database: String,
}

impl Options {
    /// Reads the argument of `open`.
    pub(crate) fn read(options: &JsValue) -> Result<Self, JsValue> {
        match property(options, "dialect").as_string().as_deref() {
            Some("bitmarks") => Self::bitmarks(options, &property(options, "url"), Format::SealedV1),
            Some("glint" | "typelets") => Err(sync_error(ErrorCode::NotAvailable, None, None)),
            _ => Err(bad("dialect", "must come from bitmarks({ … })")),
        }
    }

    /// Reads the arguments of the positional constructor.
    pub(crate) fn positional(user_id: &JsValue, device_id: &JsValue, key: &JsValue, options: &JsValue) -> Result<Self, JsValue> {
        let all = js_sys::Object::new();
        if options.is_object() {
            let _ = js_sys::Object::assign(&all, options.unchecked_ref());
        }
        for (name, value) in [("userId", user_id), ("deviceId", device_id), ("key", key)] {
            let _ = js_sys::Reflect::set(&all, &name.into(), value);
        }
        let url = property(&all, "url");
        let url = if url.is_undefined() { BITMARKS_URL.into() } else { url };
        Self::bitmarks(&all, &url, Format::BitmarksPlain)
    }

    fn bitmarks(options: &JsValue, url: &JsValue, default_format: Format) -> Result<Self, JsValue> {
        let socket = parse_url("url", url, &["ws:", "wss:"])?;
        socket.set_hash("");
        let api = match property(options, "api") {
            api if api.is_undefined() => api_of(&socket)?,
            api => parse_url("api", &api, &["http:", "https:"])?.href().trim_end_matches('/').to_owned(),
        };
        let user_id = well_formed(&property(options, "userId"))
            .filter(|id| is_long_id(id))
            .ok_or_else(|| bad("userId", "must be a string of 1 to 256 bytes of UTF-8"))?;
        let device_id = match property(options, "deviceId") {
            id if id.is_undefined() => None,
            id => Some(
                id.as_string().filter(|id| is_short_id(id)).ok_or_else(|| bad("deviceId", "must be 1 to 64 printable ASCII characters"))?,
            ),
        };
        let format = match property(options, "format") {
            format if format.is_undefined() => default_format,
            format => format
                .as_string()
                .and_then(|name| Format::from_name(&name))
                .ok_or_else(|| bad("format", "must be \"sealwire-v1\" or \"bitmarks-plain\""))?,
        };
        let fresh = Identity { device_id: adopted_device_id().unwrap_or_else(generate_device_id), salt: random() };
        let database = ["sealwire/bitmarks/", &socket.origin(), "/", &String::from(encode_uri_component(&user_id))].concat();
        let config = Config {
            socket_url: socket.href(),
            api,
            user_id,
            device_id,
            fresh,
            format,
            max_queue: whole_number(&property(options, "maxQueue"), MAX_QUEUE, 1, MAX_MAX_QUEUE)
                .ok_or_else(|| bad("maxQueue", "must be a whole number from 1 to 1,000,000"))? as usize,
            seed: u64::from_be_bytes(random()),
        };
        Ok(Self { key: key(&property(options, "key"), format)?, config, database })
    }
}

/// A new device id.
pub(crate) fn generate_device_id() -> String {
    ["device_", &uuid()].concat()
}

fn bad(option: &str, detail: &str) -> JsValue {
    sync_error(ErrorCode::BadOption, Some(option), Some(&["`", option, "` ", detail].concat()))
}

fn parse_url(option: &str, value: &JsValue, protocols: &[&str]) -> Result<Url, JsValue> {
    value
        .as_string()
        .and_then(|text| Url::new(&text).ok())
        .filter(|url| protocols.contains(&url.protocol().as_str()))
        .ok_or_else(|| bad(option, &["must be an address with ", &protocols.join(" or ")].concat()))
}

/// The HTTP base that belongs to a socket's address.
fn api_of(socket: &Url) -> Result<String, JsValue> {
    let href = socket.href();
    let address = href.split('?').next().unwrap_or_default();
    let base = address.strip_suffix("/sync/realtime").unwrap_or(address).trim_end_matches('/');
    base.strip_prefix("ws").map(|rest| ["http", rest].concat()).ok_or_else(|| bad("url", "must be an address with ws: or wss:"))
}

fn key(value: &JsValue, format: Format) -> Result<KeySource, JsValue> {
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        let mut key = Zeroizing::new([0; 32]);
        if bytes.length() != 32 {
            return Err(bad("key", "must have 32 bytes"));
        }
        bytes.copy_to(key.as_mut_slice());
        return Ok(KeySource::Raw(key));
    }
    if let Some(key) = value.dyn_ref::<CryptoKey>() {
        return Ok(KeySource::Imported(key.clone()));
    }
    let password = property(value, "password");
    if password.is_undefined() { Err(bad_key()) } else { password_key(value, &password, format) }
}

/// The refusal of what cannot be a key.
pub(crate) fn bad_key() -> JsValue {
    bad(
        "key",
        "must be a Uint8Array of 32 bytes, { password, salt }, or (not for bitmarks-plain) a CryptoKey of algorithm HKDF with usages deriveKey and deriveBits",
    )
}

fn password_key(value: &JsValue, password: &JsValue, format: Format) -> Result<KeySource, JsValue> {
    let password = well_formed(password).filter(|text| !text.is_empty()).ok_or_else(|| bad("key", "has a password that is no text"))?;
    let salt = property(value, "salt")
        .dyn_into::<Uint8Array>()
        .ok()
        .filter(|salt| salt.length() >= MIN_SALT)
        .ok_or_else(|| bad("key", "has a salt that is no Uint8Array of 16 bytes or more"))?;
    let default = match format {
        Format::SealedV1 => ITERATIONS,
        Format::BitmarksPlain => BITMARKS_ITERATIONS,
    };
    let iterations = whole_number(&property(value, "iterations"), default, MIN_ITERATIONS, MAX_ITERATIONS)
        .ok_or_else(|| bad("key", "has iterations that are no whole number from 10,000 to 100,000,000"))?;
    Ok(KeySource::Password { password: Zeroizing::new(password), salt: salt.to_vec(), iterations })
}

/// An option that is a whole number; `None` where it is not, or out of its bounds.
fn whole_number(value: &JsValue, default: u32, min: u32, max: u32) -> Option<u32> {
    if value.is_undefined() {
        return Some(default);
    }
    value
        .as_f64()
        .filter(|number| *number == f64::from(*number as u32))
        .map(|number| number as u32)
        .filter(|number| (min..=max).contains(number))
}

/// The id under which BitMarks' own client knows this device.
fn adopted_device_id() -> Option<String> {
    let storage = global("localStorage")?.dyn_into::<web_sys::Storage>().ok()?;
    storage.get_item(BITMARKS_DEVICE_ID).ok().flatten().filter(|id| is_short_id(id))
}
