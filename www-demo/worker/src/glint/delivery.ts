import { Share } from "../share";
import type { TodoEvent } from "./events";
import type { Faults } from "./faults";

/** An event that nothing overtakes goes out after this time. */
const HELD_MS = 1000;

/** Sends events on, or loses them and changes their order where the team's faults say so. */
export class Delivery {
  private drops = new Share();
  private holds = new Share();
  private held: { event: TodoEvent; overtakenBy: number; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(private readonly send: (event: TodoEvent) => void) {}

  deliver(event: TodoEvent, { dropEvents, reorderEvents, overtakenBy }: Faults): void {
    if (this.drops.takes(dropEvents)) return;
    if (!this.held && this.holds.takes(reorderEvents)) {
      this.held = { event, overtakenBy, timer: setTimeout(() => this.release(), HELD_MS) };
      return;
    }
    this.send(event);
    if (this.held && --this.held.overtakenBy === 0) this.release();
  }

  /** Begins anew, so that what a share takes does not depend on earlier events. */
  reset(): void {
    this.release();
    this.drops = new Share();
    this.holds = new Share();
  }

  private release(): void {
    const held = this.held;
    if (!held) return;
    this.held = undefined;
    clearTimeout(held.timer);
    this.send(held.event);
  }
}
