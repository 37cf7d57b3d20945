import { Button } from "@mantine/core";

/** A button in a row of a table. `of` names the row to those who only hear the button. */
export function RowAction(props: {
  label: string;
  of: string;
  disabled?: boolean;
  busy?: boolean;
  onClick: () => void;
}) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`${props.label}: ${props.of}`}
      disabled={props.disabled}
      loading={props.busy}
      onClick={props.onClick}
    >
      {props.label}
    </Button>
  );
}
