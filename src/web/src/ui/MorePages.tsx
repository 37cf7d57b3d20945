import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Below a list that comes page by page: the button for the next one, while there is one. */
export function MorePages(props: {
  pages: { hasNextPage: boolean; isFetching: boolean; fetchNextPage: () => Promise<unknown> };
}) {
  const { t } = useTranslation();
  if (!props.pages.hasNextPage) return null;
  return (
    <div className="panel-body">
      <Button
        variant="default"
        size="compact-sm"
        loading={props.pages.isFetching}
        onClick={() => void props.pages.fetchNextPage()}
      >
        {t("common.more")}
      </Button>
    </div>
  );
}
