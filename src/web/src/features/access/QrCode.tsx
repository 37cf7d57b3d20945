import { qrCode } from "./qr";

/** Light modules round the code, which readers need to find it. */
const quiet = 4;

/** A text as a QR code; dark on light in both themes, because many readers know no other. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrCode(text);
  const size = code.length + 2 * quiet;
  const dark = code.flatMap((row, y) => row.map((on, x) => (on ? `M${x + quiet} ${y + quiet}h1v1h-1z` : ""))).join("");
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark} fill="#000" />
    </svg>
  );
}
