import { UnstyledButton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";
import type { Column } from "./DataTable";
import { Failure } from "./Notice";
import { sheetOf } from "./sheet";

/** Whether the user may take tables away; the server decides, this only draws no more than it allows. */
export const MayTakeTables = createContext(false);

/** A table as a workbook with typed cells, in the order in which it is sorted. */
export function TakeTable<T>(props: { label: string; columns: Column<T>[]; rows: () => T[] }) {
  const { t } = useTranslation();
  const may = useContext(MayTakeTables);
  const take = useMutation({
    mutationFn: async () => {
      const response = await fetch("/api/v1/tables.xlsx", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          title: props.label,
          zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          ...sheetOf(props.columns, props.rows()),
        }),
      });
      if (!response.ok) throw new Error(`${response.status}`);
      return response.blob();
    },
    onSuccess: (blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${props.label}.xlsx`;
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  if (!may) return null;
  return (
    <div className="table-take">
      <UnstyledButton
        className="table-take-button"
        aria-label={`${t("common.excel")}: ${props.label}`}
        disabled={take.isPending}
        onClick={() => take.mutate()}
      >
        {t("common.excel")}
      </UnstyledButton>
      {take.isError && <Failure error={take.error} />}
    </div>
  );
}
