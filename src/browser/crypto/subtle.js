// The ciphers: the browser's WebCrypto, or, on a page without https, which has none, what the app gives in its place.

let given;

/** Takes ciphers of `sealwire/software`; those of the browser go first. */
export function giveSubtle(subtle) {
  given = subtle;
}

export function subtle() {
  return crypto.subtle ?? given;
}
