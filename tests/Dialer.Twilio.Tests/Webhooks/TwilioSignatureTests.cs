using System.Text;
using Dialer.Twilio.Webhooks;

namespace Dialer.Twilio.Tests.Webhooks;

/// <summary>Vectors published with Twilio's own libraries, recomputed with them.</summary>
public sealed class TwilioSignatureTests
{
    private const string Token = "12345";
    private const string U = "https://mycompany.com/myapp.php?foo=1&bar=2";

    private static readonly KeyValuePair<string, string>[] P =
    [
        new("CallSid", "CA1234567890ABCDE"), new("Caller", "+14158675309"), new("Digits", "1234"), new("From", "+14158675309"), new("To", "+18005551212"),
    ];

    public static TheoryData<string, string> Urls => new()
    {
        { U, "RSOYDt4T1cUTdK1PDd93/VVr8B8=" },
        { "https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=" },
        { "https://mycompany.com:1234/myapp.php?foo=1&bar=2", "CYn1h0gLBdNxDGkKJg6hYohgeD8=" },
        { "http://mycompany.com:80/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4=" },
        { "http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=" },
        { "https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=" },
        { "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "CukzLTc1tT5dXEDIHm/tKBanW10=" },
        { U + "&Body=It%27s+amazing", "TfZzewPq8wqrGlMfyAud8+/IvJ0=" },
    };

    [Theory]
    [MemberData(nameof(Urls))]
    public void The_published_vectors_for_urls_come_out_and_are_accepted(string url, string signature)
    {
        TwilioSignature.Compute(Token, url, P).ShouldBe(signature);
        TwilioSignature.Validate(signature, url, P, [Token]).ShouldBeTrue();
    }

    [Fact]
    public void Repeated_fields_contribute_their_distinct_values_sorted_in_whatever_order_they_came()
    {
        KeyValuePair<string, string>[] one = [new("MessagingBinding.Address", "+1325xxxxxxx"), new("MessagingBinding.Address", "+1415xxxxxxx")];
        TwilioSignature.Compute(Token, U, one).ShouldBe("83O6e2vORAoJHUNzJjDWN1jz+BA=");
        TwilioSignature.Compute(Token, U, one.Reverse()).ShouldBe("83O6e2vORAoJHUNzJjDWN1jz+BA=");
        KeyValuePair<string, string>[] two = [new("Sid", "CA123"), new("SidAccount", "AC123"), new("Digits", "5678"), new("Digits", "1234"), new("Digits", "1234")];
        TwilioSignature.Compute(Token, U, two).ShouldBe("IK+Dwps556ElfBT0I3Rgjkr1wJU=");
    }

    [Fact]
    public void Fields_of_any_characters_and_any_number_are_signed_in_the_order_of_their_UTF_16_units()
    {
        var random = new Random(7);
        string[] letters = ["a", "b", "Z", "0", "_", "é", "\uD7FF", "\uE000", "\uFF5E", "\U00010000", "\U0001F600"];
        string Word(int longest) => string.Concat(Enumerable.Range(0, random.Next(longest)).Select(_ => letters[random.Next(letters.Length)]));
        for (var i = 0; i < 500; i++)
        {
            var form = Enumerable.Range(0, random.Next(120)).Select(_ => KeyValuePair.Create(Word(4), Word(6))).ToList();
            var signed = U + string.Concat(form.Distinct().OrderBy(field => field.Key, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal).Select(field => field.Key + field.Value));
#pragma warning disable CA5350 // the scheme is Twilio's
            var expected = Convert.ToBase64String(System.Security.Cryptography.HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
            TwilioSignature.Compute(Token, U, form).ShouldBe(expected);
            var body = string.Join('&', form.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));
            TwilioForm.Parse(Encoding.ASCII.GetBytes(body))!.Fields.Where(field => field.Key.Length + field.Value.Length > 0).ShouldBe(form.Where(field => field.Key.Length + field.Value.Length > 0));
        }
    }

    [Theory]
    [InlineData(U + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "{\"property\": \"value\", \"boolean\": true}", "a9nBmqA0ju/hNViExpshrM61xv4=")]
    [InlineData("https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "{\"property\": \"value\", \"boolean\": true}", "y77kIzt2vzLz71DgmJGsen2scGs=")]
    [InlineData(U + "&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "{}", "rw/jVviOgicj2+kHZULvebnA4ag=")]
    [InlineData(U + "&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "{}", "Ldidvp12m26NI7eqEvxnEpkd9Hc=")]
    public void A_JSON_body_is_checked_by_its_hash_in_the_url(string url, string body, string signature)
    {
        TwilioSignature.ValidateBody(signature, url, Encoding.UTF8.GetBytes(body), [Token]).ShouldBeTrue();
        TwilioSignature.ValidateBody(signature, url, Encoding.UTF8.GetBytes(body + " "), [Token]).ShouldBeFalse();
    }

    [Fact]
    public void A_default_port_may_be_signed_or_not()
    {
        TwilioSignature.Validate("kvajT1Ptam85bY51eRf/AJRuM3w=", U, P, [Token]).ShouldBeTrue();
        TwilioSignature.Validate("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "https://mycompany.com:443/myapp.php?foo=1&bar=2", P, [Token]).ShouldBeTrue();
    }

    [Fact]
    public void During_rotation_either_token_is_good_and_a_third_is_not()
    {
        var signature = TwilioSignature.Compute("new", U, P);
        TwilioSignature.Validate(signature, U, P, ["old", "new"]).ShouldBeTrue();
        TwilioSignature.Validate(signature, U, P, ["old"]).ShouldBeFalse();
        TwilioSignature.Validate(TwilioSignature.Compute("", U, P), U, P, ["", "old"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("RSOYDt4T1cUTdK1PDd93/VVr8B8")]
    [InlineData("rSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    public void A_missing_or_altered_signature_is_refused(string? signature) =>
        TwilioSignature.Validate(signature, U, P, [Token]).ShouldBeFalse();

    [Fact]
    public void Ten_thousand_mutations_of_a_signed_request_are_refused_and_every_true_one_is_accepted()
    {
        var random = new Random(20260115);
        for (var i = 0; i < 10_000; i++)
        {
            var form = P.Select(pair => new KeyValuePair<string, string>(pair.Key, pair.Value + random.Next(10))).ToList();
            var url = $"{U}&n={random.Next(1000)}";
            var signature = TwilioSignature.Compute(Token, url, form);
            TwilioSignature.Validate(signature, url, form, [Token]).ShouldBeTrue();
            var at = random.Next(form.Count);
            switch (random.Next(6))
            {
                case 0: form[at] = new(form[at].Key, form[at].Value + " "); break;
                case 1: form[at] = new(form[at].Key.ToLowerInvariant(), form[at].Value); break;
                case 2: form.RemoveAt(at); break;
                case 3: form.Add(new("Extra", "1")); break;
                case 4: url = url.Replace("foo=1", "foo=%31", StringComparison.Ordinal); break;
                default: url += "&m=1"; break;
            }

            TwilioSignature.Validate(signature, url, form, [Token]).ShouldBeFalse();
        }
    }
}
