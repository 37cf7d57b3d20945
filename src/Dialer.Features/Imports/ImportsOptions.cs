using System.ComponentModel.DataAnnotations;

namespace Dialer.Features.Imports;

/// <summary>Limits of what is accepted as a file. Section <c>Dialer:Imports</c>.</summary>
public sealed class ImportsOptions
{
    /// <summary>Largest file, in bytes. Default 1 GB (1,073,741,824 bytes): a million rows with addresses and two phones are about 230 MB.</summary>
    [Range(1024, 10L * 1024 * 1024 * 1024)]
    public long MaxFileBytes { get; set; } = 1L << 30;

    /// <summary>Longest cell, in characters. Default 32,767, a spreadsheet's own limit.</summary>
    [Range(256, 1_000_000)]
    public int MaxCellCharacters { get; set; } = 32_767;

    /// <summary>Most columns. Default 200.</summary>
    [Range(10, 2_000)]
    public int MaxColumns { get; set; } = 200;

    /// <summary>Longest time one statement of the commit may take, in seconds. Default 900.</summary>
    [Range(10, 7_200)]
    public int StatementSeconds { get; set; } = 900;
}
