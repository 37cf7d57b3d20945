using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dialer.Core.Compliance;
using Dialer.Features.Audit;
using Dialer.Host.Commands;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

/// <summary>What <c>./dialer compliance decide</c> and <c>./dialer verify</c> answer, as the documents say they do. No database anywhere.</summary>
public sealed partial class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dialer-commands-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_documented_examples_are_answered_as_documented()
    {
        var (questions, answers) = (Block("jsonl questions"), Block("jsonl answers"));

        var (exit, said) = await DecideAsync(questions);

        exit.ShouldBe(1); // the last line is no question
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var documented = answers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(documented.Length);
        foreach (var (line, expected) in lines.Zip(documented))
            Like(JsonNode.Parse(expected), JsonNode.Parse(line)).ShouldBeTrue($"documented:\n{expected}\nsaid:\n{line}");
        (await DecideAsync(questions.Split('\n')[0])).Exit.ShouldBe(0);
    }

    /// <summary>The document puts members that may be left out in brackets; with all of them, and with none, it is a question.</summary>
    [Fact]
    public async Task The_documented_question_is_one_with_every_member_and_with_none_that_may_be_left_out()
    {
        var document = Block("", "{\"now\"");

        var (whole, least) = (Optional(document, keep: true), Optional(document, keep: false));

        JsonNode.Parse(least)!["facts"]!.AsObject().Count.ShouldBe(3);
        ContactJson.Read(whole).Facts.InconvenientPlaces.ShouldHaveSingleItem();
        foreach (var question in new[] { whole, least })
            (await DecideAsync(question.ReplaceLineEndings(""))).ShouldSatisfyAllConditions(answer => answer.Exit.ShouldBe(0), answer => answer.Said.ShouldContain("\"verdict\""));
    }

    [Fact]
    public async Task A_policy_file_replaces_the_pack_of_its_name_and_one_that_may_not_be_used_ends_with_two()
    {
        var question = Block("jsonl questions").Split('\n')[1];
        var pack = WriteFile("house.json", """{"pack":"HOUSE","version":"9","rows":[{"id":"X","jur":"HOUSE","kind":"Ban","channels":["Voice"],"code":"POLICY_QUIET","enforceAs":"Policy","cite":"house: a test","conf":"H"}]}""");
        var uncited = WriteFile("uncited.json", """{"pack":"HOUSE","version":"9","rows":[{"id":"X","jur":"HOUSE","kind":"Ban","code":"POLICY_QUIET","enforceAs":"Policy","conf":"H"}]}""");

        var (exit, said) = await DecideAsync(question, pack);

        exit.ShouldBe(0);
        said.ShouldContain("POLICY_QUIET");
        said.ShouldContain("HOUSE@9");
        said.ShouldNotContain("RND_STALE"); // the shipped pack is gone
        (await DecideAsync(question, uncited)).Exit.ShouldBe(2);
        (await DecideAsync(question, new FileInfo(Path.Combine(_folder.FullName, "nowhere.json")))).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task An_exported_chain_verifies_without_a_database_and_says_how_far_a_kept_head_proves_it()
    {
        var rows = Chain(6);

        (await VerifyAsync(rows)).ShouldSatisfyAllConditions(r => r.Exit.ShouldBe(0), r => r.Said.ShouldContain("6 rows is whole"), r => r.Said.ShouldContain("rows cut off at the end could not be seen"));
        (await VerifyAsync(rows, rows[3], rows[3])).ShouldSatisfyAllConditions(r => r.Exit.ShouldBe(0), r => r.Said.ShouldContain("up to row 4"));
        (await VerifyAsync(rows, rows[5])).Said.ShouldNotContain("could not be seen");
    }

    [Theory]
    [InlineData("changed", "row 3: its content")]
    [InlineData("removed", "row 4: row 3 is missing")]
    [InlineData("moved", "row 5: row 3 is missing or out of order")]
    [InlineData("cut", "row 6: was anchored and is gone")]
    [InlineData("forged", "row 6: differs from the head anchored")]
    [InlineData("two heads", "row 6: two different anchors exist")]
    public async Task What_was_done_to_an_exported_chain_is_named(string crime, string finding)
    {
        var rows = Chain(6);
        List<AuditRow> heads = [rows[5]];
        switch (crime)
        {
            case "changed": rows[2] = rows[2] with { Detail = "{\"n\": 99}" }; break;
            case "removed": rows.RemoveAt(2); break;
            case "moved": (rows[2], rows[4]) = (rows[4], rows[2]); break;
            case "cut": rows.RemoveAt(5); break;
            case "forged": rows = Chain(6, "grace"); break;
            default: heads.Add(Chain(6, "grace")[5]); break;
        }

        var (exit, said) = await VerifyAsync(rows, [.. heads]);

        exit.ShouldBe(1);
        said.ShouldContain(finding);
    }

    [Fact]
    public async Task A_chain_that_cannot_be_read_ends_with_two()
    {
        (await VerifyCommand.RunAsync(new FileInfo(Path.Combine(_folder.FullName, "none.jsonl")), null, null, false, TextWriter.Null, TextWriter.Null, default)).ShouldBe(2);
        (await VerifyCommand.RunAsync(WriteFile("broken.jsonl", "{\"auditId\":"), null, null, false, TextWriter.Null, TextWriter.Null, default)).ShouldBe(2);
    }

    private static List<AuditRow> Chain(int count, string actor = "ada")
    {
        var rows = new List<AuditRow>();
        byte[] previous = [];
        for (var id = 1; id <= count; id++)
        {
            var (at, detail) = (Instant.FromUtc(2026, 6, id, 12, 0), $"{{\"n\": {id}}}");
            var hash = AuditTrail.Hash(previous, id, at, actor, "hold.open", "person:1", detail);
            rows.Add(new AuditRow(id, at, actor, "hold.open", "person:1", detail, previous, hash));
            previous = hash;
        }

        return rows;
    }

    private async Task<(int Exit, string Said)> VerifyAsync(IEnumerable<AuditRow> rows, params AuditRow[] heads)
    {
        var file = WriteFile("audit.jsonl", string.Join('\n', rows.Select(AuditChain.ToLine)));
        var anchors = heads.Length == 0 ? null : WriteFile("heads.jsonl", string.Join('\n', heads.Select(head => $"{{\"auditId\":{head.AuditId},\"hash\":\"{Convert.ToHexString(head.Hash)}\"}}")));
        using var output = new StringWriter();
        return (await VerifyCommand.RunAsync(file, anchors, null, false, output, TextWriter.Null, default), output.ToString());
    }

    private static async Task<(int Exit, string Said)> DecideAsync(string questions, params FileInfo[] packs)
    {
        using var output = new StringWriter();
        return (await ComplianceCommand.DecideAsync(packs, new StringReader(questions), output, TextWriter.Null, default), output.ToString().ReplaceLineEndings("\n"));
    }

    private FileInfo WriteFile(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return new FileInfo(path);
    }

    /// <summary>The fenced block of the document with this info string, and this beginning.</summary>
    private static string Block(string info, string beginning = "", [CallerFilePath] string here = "")
    {
        var document = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/docs/compliance.md")).ReplaceLineEndings("\n");
        return Fence().Matches(document).Where(block => block.Groups["info"].Value == info).Select(block => block.Groups["text"].Value).First(text => text.StartsWith(beginning, StringComparison.Ordinal));
    }

    /// <summary>Takes the brackets off members that may be left out, or takes those members away. A list's bracket is followed by no member's name.</summary>
    private static string Optional(string text, bool keep)
    {
        var (said, brackets, dropped) = (new System.Text.StringBuilder(), new Stack<bool>(), 0);
        for (var i = 0; i < text.Length; i++)
        {
            var optional = text[i] == '[' ? MemberName().IsMatch(text[(i + 1)..]) : text[i] == ']' && brackets.Peek();
            if (text[i] == '[')
                brackets.Push(optional);
            if (optional && text[i] == '[' && !keep)
                dropped++;
            if (dropped == 0 && !optional)
                said.Append(text[i]);
            if (text[i] == ']' && brackets.Pop() && !keep)
                dropped--;
        }

        return keep ? said.ToString() : LooseComma().Replace(said.ToString(), "");
    }

    /// <summary>Alike, where the documented "..." is like any text.</summary>
    private static bool Like(JsonNode? documented, JsonNode? said) => (documented, said) switch
    {
        (null, null) => true,
        (JsonObject one, JsonObject other) => one.Count == other.Count && one.All(member => other.TryGetPropertyValue(member.Key, out var value) && Like(member.Value, value)),
        (JsonArray one, JsonArray other) => one.Count == other.Count && one.Zip(other).All(pair => Like(pair.First, pair.Second)),
        (JsonValue one, JsonValue other) => (one.TryGetValue<string>(out var text) && text == "...") || one.ToJsonString() == other.ToJsonString(),
        _ => false,
    };

    [GeneratedRegex(@"^```(?<info>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("""^"\w+"\s*:""")]
    private static partial Regex MemberName();

    [GeneratedRegex(@",\s*(?=\})")]
    private static partial Regex LooseComma();
}
