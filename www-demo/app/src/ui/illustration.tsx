/** Two windows with the same list, and between them a wire that carries only what is sealed. */
export function Illustration() {
  return (
    <svg className="illustration" viewBox="0 0 440 132" aria-hidden="true">
      <path className="wire" d="M150 70 C 185 70 185 92 220 92 S 255 70 290 70" />
      <BrowserWindow x={10} />
      <BrowserWindow x={290} />
      <circle className="wax" cx="220" cy="92" r="21" />
      <path className="press" d="M214 81h12v21l-6-5.5-6 5.5z" />
    </svg>
  );
}

function BrowserWindow({ x }: { x: number }) {
  return (
    <g transform={`translate(${x} 14)`}>
      <rect className="window" width="140" height="104" rx="9" />
      <path className="bar" d="M0 22h140" />
      {[10, 19, 28].map((dot) => (
        <circle key={dot} className="dot" cx={dot + 2} cy="11" r="2.5" />
      ))}
      {[64, 88, 52, 74].map((length, row) => (
        <g key={length} transform={`translate(16 ${38 + row * 16})`}>
          <rect className={row === 1 ? "tab marked" : "tab"} width="7" height="7" rx="1.5" />
          <rect className="line" x="15" y="1.5" width={length} height="4" rx="2" />
        </g>
      ))}
    </g>
  );
}
