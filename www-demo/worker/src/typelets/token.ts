import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { tokenIssuerOf, type Env } from "../env";
import { isUserId } from "../session";
import { ALGORITHM, ISSUER } from "./issuer";

/** Whose token it is, or why it is nobody's, in Typelets' words. */
export type Verdict = { userId: string } | { refused: "token-expired" | "auth-failed" };

/** Looks at a token, whatever it is. A throw is no verdict: the keys could not be got. */
export async function verifyToken(token: unknown, env: Env): Promise<Verdict> {
  if (typeof token !== "string") return { refused: "auth-failed" };
  const keys = await publicKeys(env);
  try {
    const { payload } = await jwtVerify(token, keys, { algorithms: [ALGORITHM], issuer: ISSUER, requiredClaims: ["sub", "exp"] });
    return isUserId(payload.sub!) ? { userId: payload.sub! } : { refused: "auth-failed" };
  } catch (fault) {
    // The signature was looked at first, so that this tells nothing about a token that somebody made up.
    if (fault instanceof errors.JWTExpired) return { refused: "token-expired" };
    if (fault instanceof errors.JOSEError) return { refused: "auth-failed" };
    throw fault;
  }
}

/** Kept for as long as this instance runs: the issuer never changes its key. */
let known: ReturnType<typeof createLocalJWKSet> | undefined;

async function publicKeys(env: Env) {
  return (known ??= createLocalJWKSet(await tokenIssuerOf(env).jwks()));
}
