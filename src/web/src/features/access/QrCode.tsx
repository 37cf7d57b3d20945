import { QRCodeSVG } from "qrcode.react";

/** A text as a QR code; dark on light in both themes, because many readers know no other. */
export function QrCode({ text, label }: { text: string; label: string }) {
  return <QRCodeSVG className="qr" aria-label={label} value={text} level="M" marginSize={4} size={200} />;
}
