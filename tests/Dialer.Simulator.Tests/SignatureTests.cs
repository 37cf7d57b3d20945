using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

public class SignatureTests
{
    private const string Url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    private static readonly Form Fields = new Form().Add("CallSid", "CA1234567890ABCDE").Add("Caller", "+14158675309").Add("Digits", "1234").Add("From", "+14158675309").Add("To", "+18005551212");

    [Theory]
    [InlineData(Url, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [InlineData("https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=")]
    [InlineData("https://mycompany.com:1234/myapp.php?foo=1&bar=2", "CYn1h0gLBdNxDGkKJg6hYohgeD8=")]
    [InlineData("http://mycompany.com:80/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4=")]
    [InlineData("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=")]
    [InlineData("https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=")]
    [InlineData("https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "CukzLTc1tT5dXEDIHm/tKBanW10=")]
    [InlineData(Url + "&Body=It%27s+amazing", "TfZzewPq8wqrGlMfyAud8+/IvJ0=")]
    public void A_published_vector_has_its_signature(string url, string signature) => Signature.Of("12345", url, Fields).ShouldBe(signature);

    [Fact]
    public void A_repeated_name_counts_each_distinct_value_once_in_any_order()
    {
        var one = new Form().Add("MessagingBinding.Address", "+1325xxxxxxx").Add("MessagingBinding.Address", "+1415xxxxxxx");
        var other = new Form().Add("MessagingBinding.Address", "+1415xxxxxxx").Add("MessagingBinding.Address", "+1325xxxxxxx");
        Signature.Of("12345", Url, one).ShouldBe("83O6e2vORAoJHUNzJjDWN1jz+BA=");
        Signature.Of("12345", Url, other).ShouldBe("83O6e2vORAoJHUNzJjDWN1jz+BA=");
        Signature.Of("12345", Url, new Form().Add("Sid", "CA123").Add("SidAccount", "AC123").Add("Digits", "5678").Add("Digits", "1234").Add("Digits", "1234")).ShouldBe("IK+Dwps556ElfBT0I3Rgjkr1wJU=");
    }

    [Fact]
    public void A_json_body_is_bound_by_its_hash_in_the_url()
    {
        var hash = Signature.BodyHash("{\"property\": \"value\", \"boolean\": true}");
        hash.ShouldBe("0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620");
        Signature.Of("12345", $"{Url}&bodySHA256={hash}", null).ShouldBe("a9nBmqA0ju/hNViExpshrM61xv4=");
        Signature.Of("12345", $"https://mycompany.com/myapp.php?bodySHA256={hash}", null).ShouldBe("y77kIzt2vzLz71DgmJGsen2scGs=");
    }

    [Theory]
    [InlineData("https://a.example:8443/x?y=1#rc=2", "https://a.example/x?y=1")]
    [InlineData("https://user:pw@a.example/x", "https://a.example/x")]
    [InlineData("http://a.example:8080/x#rt=100", "http://a.example:8080/x")]
    public void Https_is_signed_without_port_and_http_with_it_and_never_the_fragment(string url, string signed) => Signature.SignedUrl(url).ShouldBe(signed);

    [Fact]
    public void Connection_overrides_are_read_from_the_fragment_and_bad_values_keep_the_default()
    {
        var (url, overrides) = ConnectionOverrides.Split("https://a.example/x?y=1#ct=1000&rt=3000&rc=2&rp=ct,rt,5xx&tt=99");
        url.ShouldBe("https://a.example/x?y=1");
        (overrides.ConnectMs, overrides.ReadMs, overrides.TotalMs, overrides.Retries).ShouldBe((1000, 3000, 15000, 2));
        overrides.RetriesOn(WebhookFailure.None, 503).ShouldBeTrue();
        overrides.RetriesOn(WebhookFailure.None, 404).ShouldBeFalse();
        ConnectionOverrides.Default.RetriesOn(WebhookFailure.ReadTimeout, 0).ShouldBeFalse();
    }
}
