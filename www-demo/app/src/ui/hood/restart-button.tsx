import { useState } from "react";
import { timeOfDay } from "../../format";
import { troubleText } from "../../notices";
import { restartServer } from "../../server";

export const RESTART_DOES = "The server's objects of this account leave memory, and all sockets break without a word. What is stored stays.";

/** Restarts the server, as far as this account is concerned. */
export function RestartButton() {
  const [told, setTold] = useState<string | null>(null);
  const [working, setWorking] = useState(false);

  async function restart() {
    setWorking(true);
    await restartServer().then(
      () => setTold(`Restarted at ${timeOfDay(Date.now())}.`),
      (cause) => setTold(troubleText(cause)),
    );
    setWorking(false);
  }

  return (
    <div className="restart">
      <button type="button" className="button" title={RESTART_DOES} disabled={working} onClick={restart}>
        Restart the server
      </button>
      <p role="status" className="quiet">
        {told}
      </p>
    </div>
  );
}
