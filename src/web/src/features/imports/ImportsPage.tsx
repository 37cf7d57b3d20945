import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCents, formatCount, formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { MorePages } from "../../ui/MorePages";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, useUser } from "../access/session";
import { importsKey, importsPage, rejectsUrl, type StoredImport, undoImport } from "./contract";
import { ImportWizard } from "./ImportWizard";
import "./imports.css";

export function ImportsPage() {
  const { t, i18n } = useTranslation();
  usePageTitle(t("shell.imports"));
  const locale = i18n.language;
  const user = useUser();
  const runs = user.data != null && may(user.data, "imports:run");
  const pages = useInfiniteQuery({
    queryKey: [...importsKey, "list"],
    queryFn: ({ pageParam, signal }) => importsPage(pageParam).queryFn({ signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const columns = useMemo<Column<StoredImport>[]>(() => {
    const count = (id: "rowsIn" | "accepted" | "updated" | "duplicate" | "rejected"): Column<StoredImport> => ({
      id,
      header: t(`imports.${id}`),
      tip: t(`imports.${id}Tip`),
      end: true,
      value: (row) => row[id],
      cell: (row) => formatCount(row[id], locale),
    });
    return [
      {
        id: "fileName",
        header: t("imports.file"),
        value: (row) => row.fileName,
        cell: (row) => (
          <>
            {row.fileName}
            <span className="import-kind sub">{t(`imports.kinds.${row.kind}`, { defaultValue: row.kind })}</span>
          </>
        ),
      },
      { id: "client", header: t("imports.client"), value: (row) => row.client },
      {
        id: "status",
        header: t("imports.status"),
        value: (row) => row.status,
        cell: (row) => (
          <>
            {codeText(t, "importStatus", row.status)}
            {row.error && <span className="import-error">{row.error}</span>}
          </>
        ),
      },
      {
        id: "createdAt",
        header: t("imports.at"),
        value: (row) => row.createdAt,
        cell: (row) => (
          <>
            {formatDateTime(row.createdAt, locale)} <span className="sub">{row.createdBy}</span>
          </>
        ),
      },
      count("rowsIn"),
      count("accepted"),
      count("updated"),
      count("duplicate"),
      count("rejected"),
      {
        id: "balance",
        header: t("imports.balance"),
        tip: t("imports.balanceTip"),
        end: true,
        value: (row) => row.balance,
        cell: (row) => formatCents(row.balance, locale),
      },
      {
        id: "rejects",
        header: t("imports.rejectsFile"),
        value: (row) => row.rejected,
        cell: (row) =>
          row.rejected > 0 ? (
            <a href={rejectsUrl(row.importId)} download aria-label={t("imports.downloadOf", { file: row.fileName })}>
              {t("imports.downloadShort")}
            </a>
          ) : (
            ""
          ),
      },
      {
        id: "undo",
        header: t("imports.undo"),
        taken: null,
        value: (row) => row.status,
        cell: (row) => (runs && row.status === "Committed" && row.kind !== "Cease" ? <UndoButton row={row} /> : ""),
      },
    ];
  }, [t, locale, runs]);
  return (
    <div className="stack">
      <h1>{t("shell.imports")}</h1>
      {runs && <ImportWizard />}
      <Panel title={t("imports.earlier")} flush>
        {pages.isError ? (
          <div className="panel-body">
            <Failure error={pages.error} onRetry={() => void pages.refetch()} />
          </div>
        ) : (
          <DataTable
            label={t("imports.earlier")}
            columns={columns}
            rows={rows}
            rowId={(row) => row.importId}
            empty={
              <Empty title={t(pages.isPending ? "common.loading" : "imports.none")}>
                {!pages.isPending && t("imports.noneText")}
              </Empty>
            }
          />
        )}
        <MorePages pages={pages} />
      </Panel>
    </div>
  );
}

/** Two presses: the first says what will happen. Nothing is deleted; what changed since stays. */
function UndoButton({ row }: { row: StoredImport }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [sure, setSure] = useState(false);
  const undo = useMutation({
    mutationFn: () => undoImport(row.importId),
    onSettled: () => cache.invalidateQueries({ queryKey: importsKey }),
  });
  return (
    <>
      <Button
        size="compact-xs"
        variant={sure ? "filled" : "default"}
        color={sure ? "red" : undefined}
        loading={undo.isPending}
        aria-label={t(sure ? "imports.undoSureOf" : "imports.undoOf", { file: row.fileName })}
        onBlur={() => setSure(false)}
        onClick={() => (sure ? undo.mutate() : setSure(true))}
      >
        {t(sure ? "imports.undoSure" : "imports.undo")}
      </Button>
      {undo.isError && <span className="import-error">{undo.error.message}</span>}
    </>
  );
}
