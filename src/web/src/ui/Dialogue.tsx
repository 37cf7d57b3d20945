import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A modal window with a title. Its head is no banner of the page, and the button that closes it has a name. */
export function Dialogue(props: { title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    // As the theme says of Modal: a scroll lock would inject a style element, which the content security policy forbids.
    <Modal.Root opened onClose={props.onClose} lockScroll={false} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header role="presentation">
          <Modal.Title>{props.title}</Modal.Title>
          <Modal.CloseButton aria-label={t("common.close")} />
        </Modal.Header>
        <Modal.Body>{props.children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
