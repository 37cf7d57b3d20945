using System.ComponentModel.DataAnnotations;
using Dialer.Core.Compliance;

namespace Dialer.Features.Compliance.Lists;

/// <summary>Which outside lists are asked, and how. Section <c>Dialer:Lists</c>.</summary>
public sealed class ListOptions
{
    public const string Section = "Dialer:Lists";

    /// <summary>Off: nobody is asked. Http: a vendor's gateway at <see cref="Url"/>. Simulated: made-up answers, for demonstrations and tests.</summary>
    [RegularExpression("Off|Http|Simulated")]
    public string Mode { get; set; } = "Off";

    /// <summary>Base address of the gateway; questions go to <c>{Url}/{list}</c>.</summary>
    public string? Url { get; set; }

    /// <summary>Sent as a bearer token. From the environment or a file, never from a committed one.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The lists to keep fresh.</summary>
    public OutsideList[] Ask { get; set; } = [OutsideList.ReassignedNumbers, OutsideList.Litigators, OutsideList.LineType, OutsideList.Bankruptcy, OutsideList.Deceased, OutsideList.Military];

    /// <summary>Days after which an answer may no longer be relied on (1 to 365).</summary>
    [Range(1, 365)]
    public int LifetimeDays { get; set; } = 30;

    /// <summary>Days before its end at which an answer is asked again (0 to 30).</summary>
    [Range(0, 30)]
    public int RefreshDaysBefore { get; set; } = 3;

    /// <summary>Questions in one request (1 to 1,000).</summary>
    [Range(1, 1000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>Questions of one run for one list (1 to 1,000,000).</summary>
    [Range(1, 1_000_000)]
    public int MostARun { get; set; } = 20_000;
}
