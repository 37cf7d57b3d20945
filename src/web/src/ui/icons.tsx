/** The few icons that carry meaning next to text; all are decorative to assistive technology. */
const paths = {
  warning: "M8 2 15 14H1Z M8 6.5v3.5 M8 11.6v.6",
  info: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13 M8 7.2v4 M8 4.6v.6",
  check: "M3 8.5 6.5 12 13 4.5",
  stop: "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5Z M8 4.5v4 M8 10.9v.6",
  phone: "M4.5 2 6.5 6 5 7.2a7 7 0 0 0 3.8 3.8L10 9.5l4 2v2.2c0 .5-.4.8-.9.8A11 11 0 0 1 1.5 2.9c0-.5.3-.9.8-.9Z",
  flask: "M6 1.5h4 M6.7 1.5v4.2L2.4 13c-.4.8.1 1.5.9 1.5h9.4c.8 0 1.3-.7.9-1.5L9.3 5.7V1.5 M4.6 10.2h6.8",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
