/** What did not work, where there is such a thing; read out as soon as it appears. */
export function Trouble({ id, children }: { id?: string; children: string | null | undefined }) {
  if (!children) return null;
  return (
    <p id={id} role="alert" className="trouble">
      {children}
    </p>
  );
}
