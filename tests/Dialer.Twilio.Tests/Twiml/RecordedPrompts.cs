using System.Xml.Linq;
using Dialer.Twilio.Twiml;

namespace Dialer.Twilio.Tests.Twiml;

public sealed class RecordedPrompts : IDisposable
{
    private readonly TemplateCopy _templates = new();

    [Fact]
    public void A_recording_beside_a_prompt_is_played_instead_of_the_synthetic_voice()
    {
        _templates.Record("en/queue/after-hours.wav");
        _templates.Record("es/shared/promise-done.2.mp3");
        _templates.Write("en/queue/after-hours.xml", """<Response><Say voice="{{voice}}" language="{{locale}}">We are closed.</Say><Hangup/></Response>""");
        _templates.Write("es/shared/promise-done.xml", """<Response><Say voice="{{voice}}" language="{{locale}}">Hola {{firstName}}.</Say><Say voice="{{voice}}" language="{{locale}}">Gracias.</Say></Response>""");

        var templates = _templates.LoadWithAudio();

        Verbs(templates, "en", "queue", "after-hours").ShouldBe(["Play /twilio/audio/en/queue/after-hours.wav", "Hangup "]);
        Verbs(templates, "es", "shared", "promise-done").ShouldBe(["Say Hola Maria.", "Play /twilio/audio/es/shared/promise-done.2.mp3"]);
        templates.Find("en", "queue", "after-hours").Source.ShouldContain("We are closed.", customMessage: "the text stays what is checked");
    }

    [Fact]
    public void Words_that_change_from_call_to_call_cannot_be_recorded_and_a_recording_of_nothing_is_named()
    {
        _templates.Record("en/outbound/open.mp3");
        _templates.Record("en/outbound/opne.mp3");

        var errors = Should.Throw<TemplateException>(() => _templates.LoadWithAudio()).Message;

        errors.ShouldContain("en/outbound/open.mp3: the words of en/outbound/open.xml change from call to call");
        errors.ShouldContain("en/outbound/opne.mp3: no template has such a prompt.");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Should.Throw<TemplateException>(() => _templates.LoadWithAudio()).Message.ShouldContain("The folder of recorded prompts does not exist");

    public void Dispose() => _templates.Dispose();

    private static IEnumerable<string> Verbs(TwimlTemplates templates, string language, string flow, string step) =>
        XDocument.Parse(templates.Render(language, flow, step, templates.Sample(language, flow))).Root!.Elements().Select(verb => $"{verb.Name} {verb.Value}");
}
