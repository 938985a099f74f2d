import { generate } from "lean-qr";
import { useMemo } from "react";

/** Modules around the code that have to stay light, or scanners do not find it. */
const QUIET_ZONE = 4;

/** A QR picture of a text: dark on light in both colour schemes, because many scanners read no other. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => drawn(text), [text]);
  const side = size + 2 * QUIET_ZONE;
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
}

function drawn(text: string): { size: number; path: string } {
  const bitmap = generate(text);
  const dark: string[] = [];
  for (let y = 0; y < bitmap.size; y++) {
    for (let x = 0; x < bitmap.size; x++) if (bitmap.get(x, y)) dark.push(`M${x} ${y}h1v1h-1z`);
  }
  return { size: bitmap.size, path: dark.join("") };
}
