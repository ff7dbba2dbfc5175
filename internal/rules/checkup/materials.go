package checkup

import (
	"slices"
	"strings"
)

var materialRules = []check{
	{Rule: Rule{"material_basis", "materials", Error, "行政许可法第三十条、第三十一条；优化营商环境条例第三十五条"}, item: materialBasis},
	{Rule: Rule{"material_catch_all", "materials", Error, "行政许可法第三十条"}, item: materialCatchAll},
	{Rule: Rule{"material_twice", "materials", Error, "行政许可法第三十一条"}, item: materialTwice},
	{Rule: Rule{"material_held", "materials", Error, "优化营商环境条例第三十七条第三款、第四十四条第二款"}, item: materialHeld},
	{Rule: Rule{"material_abolished", "materials", Error, "优化营商环境条例第四十四条第二款"}, item: materialAbolished},
	{Rule: Rule{"material_village", "materials", Error, "民发〔2020〕20号"}, item: materialVillage},
	{Rule: Rule{"proof_off_list", "materials", Error, "优化营商环境条例第四十四条第三款"}, item: proofOffList},
	{Rule: Rule{"proof_unissued", "materials", Error, "优化营商环境条例第四十四条第二款"}, item: proofUnissued},
	{Rule: Rule{"proof_basis", "materials", Error, "优化营商环境条例第四十四条第一款"}, whole: proofBasis},
}

// materialBasis: nobody is asked for a document without a basis.
func materialBasis(f *finder, it *Item) {
	for _, m := range it.materials() {
		if blank(m.Basis) {
			f.found(it.subject(), "material", m.label())
		}
	}
}

// catchAlls are names by which a body asks for whatever comes to its mind.
var catchAlls = []string{"其他材料", "其他相关材料", "其他有关材料", "相关材料", "有关材料", "其他", "其他必要材料", "其他证明材料", "相关证明材料", "其他资料", "相关资料"}

// materialCatchAll: the list of materials is closed (兜底条款 are none).
func materialCatchAll(f *finder, it *Item) {
	for _, m := range it.materials() {
		name := fold(m.Name)
		if slices.Contains(catchAlls, name) || strings.HasSuffix(name, "其他材料") || strings.HasSuffix(name, "其他有关材料") {
			f.found(it.subject(), "material", m.Name)
		}
	}
}

// materialTwice: a document is asked for once.
func materialTwice(f *finder, it *Item) {
	seen := map[string]bool{}
	for _, m := range it.materials() {
		d := documentOf(m.Name)
		if d != "" && seen[d] && !m.When {
			f.found(it.subject(), "material", m.Name)
		}
		seen[d] = true
	}
}

// everywhere are documents that shared data supply in every place.
var everywhere = []string{"居民身份证", "身份证", "身份证明", "营业执照", "居民户口簿", "户口簿", "户口本", "结婚证", "离婚证", "居住证", "残疾人证", "机动车驾驶证", "机动车行驶证",
	"不动产权证书", "不动产权证", "房屋所有权证", "社会保障卡", "出生医学证明", "社会团体法人登记证书", "事业单位法人证书", "民办非企业单位登记证书", "道路运输证", "法定代表人身份证", "经办人身份证"}

// materialHeld: what data or licences supply is not asked for (奇葩证明 in its
// commonest form). An item that renews or changes a licence may ask for the one
// that it replaces.
func materialHeld(f *finder, it *Item) {
	for _, m := range it.materials() {
		if m.Supplied || blank(m.Name) {
			continue
		}
		d := documentOf(m.Name)
		if d == documentOf(it.Guide.Result.Name) {
			continue
		}
		if by, ok := f.index.shared[d]; ok {
			f.found(it.subject(), "material", m.Name, "by", by)
			continue
		}
		if i := slices.IndexFunc(f.index.results[d], func(i int) bool { return f.c.Items[i].licenceBy(it) }); i >= 0 {
			from := &f.c.Items[f.index.results[d][i]]
			f.collides(it.subject(), []Subject{from.subject()}, "material", m.Name, "by", from.Name)
		}
	}
}

// licenceBy tells whether the item yields an electronic licence that the other
// could look at: of its own region, or of a higher level.
func (it *Item) licenceBy(other *Item) bool {
	return it.Guide != nil && it.Guide.Result.Licence && it.Code != other.Code && (it.Region == other.Region || strings.HasPrefix(other.Region, it.Region))
}

// abolished are documents that were done away with for the whole country, with
// the decision that did it.
var abolished = map[string]string{
	"组织机构代码证": "国办发〔2015〕50号", "组织机构代码证书": "国办发〔2015〕50号", "税务登记证": "国办发〔2015〕50号",
	"单身证明": "民函〔2015〕266号", "未婚证明": "民函〔2015〕266号", "无婚姻登记记录证明": "民函〔2015〕266号", "婚姻登记记录证明": "民函〔2015〕266号",
}

// materialAbolished: what nobody makes out any more cannot be asked for.
func materialAbolished(f *finder, it *Item) {
	for _, m := range it.materials() {
		if by, gone := abolished[documentOf(m.Name)]; gone && !m.Supplied {
			f.found(it.subject(), "material", m.Name, "by", by)
		}
	}
}

// notByVillage are the proofs that committees of residents and villagers do not
// make out (民发〔2020〕20号, first list).
var notByVillage = []string{"亲属关系证明", "居民身份信息证明", "户籍证明", "户口登记项目内容变更申请证明", "居民养犬证明", "养犬证明", "无犯罪记录证明", "社区戒毒社区康复人员情况证明",
	"人员失踪证明", "失踪证明", "婚姻状况证明", "婚姻关系证明", "分居证明", "出生证明", "健在证明", "死亡证明", "疾病状况证明", "急诊证明", "意外伤害证明", "残疾状况证明", "婚育状况证明",
	"生育状况证明", "居民就业状况证明", "就业状况证明", "居民个人档案证明", "个人档案证明", "居民财产证明", "财产证明", "经济状况证明", "收入证明", "偿还能力证明", "房产证明", "银行存款证明",
	"投资情况证明", "车辆所有权证明", "遗产继承权证明", "市场主体住所证明", "经营场所证明", "同意住宅改变为经营性用房证明", "社区经营性用房无扰民证明", "证件遗失证明"}

// materialVillage: a proof that the committee of the village or the residents
// is told not to make out.
func materialVillage(f *finder, it *Item) {
	for _, m := range it.materials() {
		if !slices.ContainsFunc([]string{"居委会", "村委会", "居民委员会", "村民委员会", "社区"}, func(w string) bool {
			return strings.Contains(m.Issuer, w) || strings.Contains(m.How, w+"开") || strings.Contains(m.How, w+"出具") || strings.Contains(m.How, w+"盖章")
		}) {
			continue
		}
		if slices.Contains(notByVillage, documentOf(m.Name)) {
			f.found(it.subject(), "material", m.Name)
		}
	}
}

// proof tells whether the material is a proof (证明): somebody else states a fact
// for the applicant. Documents that prove by themselves are none.
func (m *Material) proof() bool {
	d := documentOf(m.Name)
	return strings.HasSuffix(d, "证明") || strings.HasSuffix(d, "证明材料") || strings.HasSuffix(d, "证明文件") || strings.HasSuffix(d, "证明书")
}

// proofOffList: proofs that are not on the published list are not asked for.
func proofOffList(f *finder, it *Item) {
	if f.c.Proofs == nil {
		return
	}
	for _, m := range it.materials() {
		if m.Supplied || !m.proof() {
			continue
		}
		if i, ok := f.index.proofs[documentOf(m.Name)]; !ok || f.c.Proofs[i].Cancelled {
			f.found(it.subject(), "material", m.Name)
		}
	}
}

// proofUnissued: a proof on the list that no body makes out, asked for all the same.
func proofUnissued(f *finder, it *Item) {
	for _, m := range it.materials() {
		i, ok := f.index.proofs[documentOf(m.Name)]
		if !ok || m.Supplied {
			continue
		}
		if p := &f.c.Proofs[i]; len(p.Issuers) == 0 && !p.Cancelled {
			f.collides(it.subject(), []Subject{p.subject()}, "material", m.Name)
		}
	}
}

// proofBasis: a proof on the list rests on a law, an administrative regulation
// or a decision of the State Council.
func proofBasis(f *finder) {
	for i := range f.c.Proofs {
		if p := &f.c.Proofs[i]; len(p.Basis) == 0 && !p.Cancelled {
			f.found(p.subject())
		}
	}
}
