const PERSONAL = "personal:";

/** The team that only `userId` is a member of. */
export function personalTeamOf(userId: string): string {
  return PERSONAL + userId;
}

export function isPersonal(teamId: string): boolean {
  return teamId.startsWith(PERSONAL);
}

/** The id of a team to share. Whoever knows it may join, so it has to have room for 128 random bits. */
export function isShareableTeam(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{22,64}$/.test(value);
}
