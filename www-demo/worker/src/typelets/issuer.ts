import { DurableObject } from "cloudflare:workers";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JSONWebKeySet, type JWK } from "jose";
import type { Env } from "../env";

export const ALGORITHM = "ES256";
export const ISSUER = "sealwire-demo";

/** Stands in for the login service of a Typelets deployment. There is one, and its private key never leaves it. */
export class TokenIssuer extends DurableObject<Env> {
  private readonly key = this.ctx.blockConcurrencyWhile(() => this.storedKey());

  /** A token of the user's that is valid for so many seconds; with 0 it has expired already. */
  async mint(userId: string, seconds: number): Promise<{ token: string; expiresAt: number }> {
    const key = await this.key;
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: "JWT" })
      .setIssuer(ISSUER)
      .setSubject(userId)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(await importJWK(key, ALGORITHM));
    return { token, expiresAt: (now + seconds) * 1000 };
  }

  async jwks(): Promise<JSONWebKeySet> {
    const { kty, crv, x, y, kid } = await this.key;
    return { keys: [{ kty, crv, x, y, kid, alg: ALGORITHM, use: "sig" }] };
  }

  private async storedKey(): Promise<JWK> {
    const stored = await this.ctx.storage.get<JWK>("key");
    if (stored) return stored;
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const key = await exportJWK(privateKey);
    key.kid = await calculateJwkThumbprint(key);
    await this.ctx.storage.put("key", key);
    return key;
  }
}
