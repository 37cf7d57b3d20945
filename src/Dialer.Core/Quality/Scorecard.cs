namespace Dialer.Core.Quality;

/// <summary>One question of a scorecard.</summary>
/// <param name="Id">Stable within the form: answers name it.</param>
/// <param name="Text">As the scorer reads it.</param>
/// <param name="Weight">Its share, above zero.</param>
/// <param name="AutoFail">Answered with zero, it fails the whole call: a disclosure that was not given, a third party who was told.</param>
public sealed record ScorecardQuestion(string Id, string Text, decimal Weight, bool AutoFail = false);

/// <summary>What a call scored.</summary>
/// <param name="Percent">Σ (weight x answer) / Σ weight over the questions that applied, in hundredths, 0 to 100; 0 when it failed outright.</param>
/// <param name="AutoFailed">The questions that failed the call outright.</param>
public sealed record ScorecardResult(decimal Points, decimal OutOf, decimal Percent, IReadOnlyList<string> AutoFailed);

/// <summary>Scoring a call by a form: pure. An answer is between 0 (no) and 1 (yes); no answer means that the question did not apply.</summary>
public static class Scorecard
{
    public const int MostQuestions = 60;

    /// <summary>What is wrong with a form, in words; null when nothing is.</summary>
    public static string? Fault(IReadOnlyList<ScorecardQuestion> questions) =>
        questions.Count is 0 or > MostQuestions ? $"A form has 1 to {MostQuestions} questions."
        : questions.Any(question => string.IsNullOrWhiteSpace(question.Id) || question.Id.Length > 40 || string.IsNullOrWhiteSpace(question.Text)) ? "Every question has an id of at most 40 characters and a text."
        : questions.Any(question => question.Weight is <= 0 or > 1000) ? "Every question weighs more than 0 and at most 1000."
        : questions.DistinctBy(question => question.Id, StringComparer.Ordinal).Count() != questions.Count ? "Two questions have the same id."
        : null;

    /// <summary>The score, or what is wrong with the answers.</summary>
    public static (ScorecardResult? Result, string? Fault) Score(IReadOnlyList<ScorecardQuestion> questions, IReadOnlyDictionary<string, decimal?> answers)
    {
        if (answers.Keys.FirstOrDefault(id => questions.All(question => question.Id != id)) is { } unknown)
            return (null, $"The form has no question \"{unknown}\".");
        if (answers.Values.Any(answer => answer is < 0 or > 1))
            return (null, "An answer is between 0 (no) and 1 (yes), or empty when the question did not apply.");
        var applied = questions.Where(question => answers.GetValueOrDefault(question.Id) is not null).ToList();
        if (applied.Count == 0)
            return (null, "Answer at least one question.");
        var unanswered = questions.Where(question => question.AutoFail && !answers.ContainsKey(question.Id)).Select(question => question.Id).ToList();
        if (unanswered.Count > 0)
            return (null, $"Questions that fail a call need an answer, or the word that they did not apply: {string.Join(", ", unanswered)}.");
        var outOf = applied.Sum(question => question.Weight);
        var points = applied.Sum(question => question.Weight * answers[question.Id]!.Value);
        var failed = applied.Where(question => question.AutoFail && answers[question.Id] == 0).Select(question => question.Id).ToList();
        return (new ScorecardResult(points, outOf, failed.Count > 0 ? 0 : Math.Round(100 * points / outOf, 2, MidpointRounding.ToEven), failed), null);
    }
}
