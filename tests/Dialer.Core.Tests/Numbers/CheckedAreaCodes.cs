using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Tests.Numbers;

/// <summary>
/// What another, independently kept table says of the US area codes in service (see the README beside the data: libphonenumber's prefix-to-zone map, by exchange, read 22 November 2026).
/// Our table may know more places of a code, never fewer: a missing candidate is a call at the wrong hour.
/// </summary>
public class CheckedAreaCodes
{
    private const string Eastern =
        "201 202 203 207 212 215 216 220 223 229 231 234 239 240 248 252 260 267 269 272 276 283 301 302 304 305 313 315 317 321 330 332 336 339 347 351 352 380 386 401 404 407 410 412 413 419 434 440 443 445 "
        + "463 470 475 478 484 502 508 513 516 517 518 540 551 561 567 570 571 585 586 603 607 609 610 614 616 617 631 646 667 678 680 681 703 704 706 716 717 718 724 727 732 734 740 743 754 757 762 765 770 772 "
        + "774 781 786 802 803 804 810 813 814 828 838 843 845 848 854 856 857 859 860 862 863 864 865 878 904 908 910 912 914 917 919 929 930 934 937 941 947 954 959 973 978 980 984 989 "
        + "219 270 364 423 574 606 812 850 906";

    private const string Central =
        "205 210 214 217 218 224 225 228 251 254 256 262 281 309 312 314 316 318 319 320 325 331 334 337 346 361 402 405 409 414 417 430 432 469 479 501 504 507 512 515 531 534 539 563 573 580 601 608 612 615 618 "
        + "629 630 636 641 651 660 662 682 708 712 713 715 726 731 737 763 769 773 779 806 815 816 817 830 832 847 870 872 901 903 913 918 920 931 936 938 940 952 956 972 979 985 "
        + "219 270 308 423 574 605 606 620 701 785 812 850 906";

    private const string Mountain = "303 307 385 406 435 505 575 719 720 801 915 970 208 308 541 605 620 701 775 785 928 986";

    private const string Pacific =
        "206 209 213 253 279 310 323 341 360 408 415 424 425 442 503 509 510 530 559 562 564 619 626 650 657 661 669 702 707 714 725 747 760 805 818 820 831 858 909 916 925 949 951 971 208 541 775 986";

    public static TheoryData<string, string> Checked => new()
    {
        { "America/New_York", Eastern }, { "America/Chicago", Central }, { "America/Denver", Mountain }, { "America/Los_Angeles", Pacific }, { "America/Phoenix", "480 520 602 623 928" },
        { "America/Anchorage", "907" }, { "America/Juneau", "907" }, { "America/Adak", "907" }, { "Pacific/Honolulu", "808" }, { "America/Puerto_Rico", "787 939" }, { "America/St_Thomas", "340" },
        { "Pacific/Guam", "671" }, { "Pacific/Saipan", "670" }, { "Pacific/Pago_Pago", "684" },
    };

    [Theory]
    [MemberData(nameof(Checked))]
    public void AreaCode_HasEveryClockTheOtherTableKnows(string zone, string codes)
    {
        var expected = Clock(DateTimeZoneProviders.Tzdb[zone]);
        var missing = codes.Split(' ').Where(code => NumberingPlan.Find(int.Parse(code)) is not { } area || !area.Zones.Any(candidate => Clock(candidate) == expected));

        missing.ShouldBeEmpty();
    }

    /// <summary>Prefixes of ZIP codes that a border of time zones crosses, or that lie on the unexpected side of one (49 CFR part 71; US Postal Service).</summary>
    [Theory]
    [InlineData("32401", "America/Chicago")] // Panama City
    [InlineData("32456", "America/New_York")] // Port St. Joe
    [InlineData("32501", "America/Chicago")] // Pensacola
    [InlineData("37321", "America/New_York")] // Dayton, Tennessee
    [InlineData("38555", "America/Chicago")] // Crossville
    [InlineData("42101", "America/Chicago")] // Bowling Green
    [InlineData("42501", "America/New_York")] // Somerset
    [InlineData("42701", "America/New_York")] // Elizabethtown
    [InlineData("46307", "America/Chicago")] // Crown Point
    [InlineData("46534", "America/Chicago")] // Knox
    [InlineData("47708", "America/Chicago")] // Evansville
    [InlineData("47586", "America/Chicago")] // Tell City
    [InlineData("49801", "America/Chicago")] // Iron Mountain
    [InlineData("49855", "America/New_York")] // Marquette
    [InlineData("57701", "America/Denver")] // Rapid City
    [InlineData("57501", "America/Chicago")] // Pierre
    [InlineData("58601", "America/Denver")] // Dickinson
    [InlineData("58501", "America/Chicago")] // Bismarck
    [InlineData("67735", "America/Denver")] // Goodland
    [InlineData("69361", "America/Denver")] // Scottsbluff
    [InlineData("69101", "America/Chicago")] // North Platte
    [InlineData("79901", "America/Denver")] // El Paso
    [InlineData("83501", "America/Los_Angeles")] // Lewiston
    [InlineData("83814", "America/Los_Angeles")] // Coeur d'Alene
    [InlineData("83702", "America/Denver")] // Boise
    [InlineData("86503", "America/Denver")] // Chinle, Navajo Nation
    [InlineData("86001", "America/Phoenix")] // Flagstaff
    [InlineData("89883", "America/Denver")] // West Wendover
    [InlineData("97914", "America/Denver")] // Ontario, Oregon
    [InlineData("36867", "America/New_York")] // Phenix City keeps Columbus's clocks
    [InlineData("99546", "America/Adak")]
    [InlineData("96799", "Pacific/Pago_Pago")]
    public void Zip_OnABorder_HasTheClockOfItsTown(string zip, string zone) =>
        NumberingPlan.FindZip(zip)!.Zones.Select(Clock).ShouldContain(Clock(DateTimeZoneProviders.Tzdb[zone]));

    /// <summary>The offsets of January and July: zones that agree in both keep the same clock for this purpose.</summary>
    private static (Offset January, Offset July) Clock(DateTimeZone zone) => (zone.GetUtcOffset(Instant.FromUtc(2026, 1, 15, 12, 0)), zone.GetUtcOffset(Instant.FromUtc(2026, 7, 15, 12, 0)));
}
