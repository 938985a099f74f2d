/** Asks the browser to keep what is stored here, also when space is short; whether it will. */
export async function requestPersistence(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    return false; // There is no such thing here, as on a page without https.
  }
}
