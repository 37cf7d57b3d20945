import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Notice";
import { listenLink } from "./contract";

/** Asks for a link and plays it. The link is good for this person and a short while; each listening is written down. */
export function Listen(props: { sid: string; label: string }) {
  const { t } = useTranslation();
  const link = useMutation({ mutationFn: () => listenLink(props.sid) });
  if (link.data)
    return (
      // biome-ignore lint/a11y/useMediaCaption: a recorded telephone call has no captions.
      <audio controls autoPlay src={link.data.url} aria-label={props.label} />
    );
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={link.isPending}
        aria-label={props.label}
        onClick={() => link.mutate()}
      >
        {t("records.listen")}
      </Button>
      {link.isError && <Failure error={link.error} />}
    </>
  );
}
