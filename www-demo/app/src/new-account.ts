import { generateKey } from "sealwire/keys";
import { saveAccount, type Account } from "./account";
import { register, signIn } from "./server";
import { accountOfTodos } from "./todos/profile";

export interface NewAccount {
  account: Account;
  /** The key as 24 words: to be shown now, for the page keeps none. */
  recoveryCode: string;
}

/** Makes an account with a key of its own, and keeps it in this browser. */
export async function createAccount(): Promise<NewAccount> {
  const { key, recoveryCode } = generateKey();
  const account = { ...(await serverAccount()), key };
  saveAccount(account);
  return { account, recoveryCode };
}

/** The account that the todos have made in this browser, or a new one: both share the session. */
async function serverAccount(): Promise<{ userId: string; secret: string }> {
  const made = accountOfTodos();
  return made && (await signIn(made)) ? made : register();
}
