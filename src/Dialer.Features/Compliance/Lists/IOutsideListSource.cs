using Dialer.Core.Compliance;
using NodaTime;

namespace Dialer.Features.Compliance.Lists;

/// <summary>Somebody who can be asked about numbers or people. Two of them exist: a vendor's gateway over HTTP, and made-up answers.</summary>
public interface IOutsideListSource
{
    /// <summary>Written with each answer, as its source.</summary>
    string Name { get; }

    /// <returns>An answer to each question that was understood; a question without one reads as <see cref="ListAnswer.NoData"/>.</returns>
    /// <exception cref="HttpRequestException">Nothing was answered; ask again later.</exception>
    Task<IReadOnlyList<ListReply>> AskAsync(OutsideList list, IReadOnlyList<ListQuestion> questions, CancellationToken cancel);
}

/// <summary>About a number (<paramref name="E164"/>) or a person; the other half is null.</summary>
/// <param name="Reference">Comes back with the answer.</param>
/// <param name="Since">For reassigned numbers: has it changed hands since then? The day consent was given, or the last contact.</param>
public sealed record ListQuestion(
    long Reference, string? E164, Instant? Since = null, string? FirstName = null, string? LastName = null, LocalDate? BirthDate = null, string? SsnLast4 = null, string? Zip = null);

/// <param name="Detail">The line type for <see cref="OutsideList.LineType"/>, a case number and the like otherwise; never more than the list itself says.</param>
public sealed record ListReply(long Reference, ListAnswer Answer, string Detail = "");
