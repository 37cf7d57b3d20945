using System.ComponentModel.DataAnnotations;

namespace Dialer.Features.Reports;

/// <summary>Section <c>Dialer:Reports</c>: how scheduled reports leave the house.</summary>
public sealed class ReportsOptions
{
    public const string Section = "Dialer:Reports";

    /// <summary>The folder into which reports are written, for a client's file transfer to take. Null: none.</summary>
    public string? Folder { get; set; }

    /// <summary>Megabytes an attachment may have; a larger report is refused in words and goes by file. Default 15.</summary>
    [Range(1, 100)]
    public int MostMegabytes { get; set; } = 15;
}
