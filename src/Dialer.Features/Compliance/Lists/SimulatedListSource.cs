using System.Text;
using Dialer.Core.Compliance;

namespace Dialer.Features.Compliance.Lists;

/// <summary>Made-up answers that are the same every time: about one number in 200 is listed, one in 50 unknown. For demonstrations and tests.</summary>
public sealed class SimulatedListSource : IOutsideListSource
{
    public string Name => "simulated";

    public Task<IReadOnlyList<ListReply>> AskAsync(OutsideList list, IReadOnlyList<ListQuestion> questions, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ListReply>>([.. questions.Select(question => Answer(list, question))]);

    private static ListReply Answer(OutsideList list, ListQuestion question)
    {
        var draw = Draw($"{list}|{question.E164}|{question.LastName}|{question.FirstName}|{question.BirthDate}");
        if (list == OutsideList.LineType)
            return new ListReply(question.Reference, ListAnswer.Clear, (draw % 10) switch { < 7 => "Wireless", < 9 => "Landline", _ => "Voip" });
        var answer = (draw % 1000) switch { < 5 => ListAnswer.Listed, < 25 => ListAnswer.NoData, _ => ListAnswer.Clear };
        return new ListReply(question.Reference, answer, answer == ListAnswer.Listed ? "made up" : "");
    }

    /// <summary>FNV-1a: the same in every process, unlike a string's own hash.</summary>
    private static uint Draw(string text)
    {
        var hash = 2166136261u;
        foreach (var unit in Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ unit) * 16777619u);
        return hash ^ (hash >> 15);
    }
}
